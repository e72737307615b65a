import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import type { RelatedCode } from '../../completion/completion.ts';
import { CodeIndex, relatedAt } from '../../completion/prompt/relatedCode.ts';

/** Where versions of a project are replayed: nowhere on this disk, so that no ignore file speaks about it. */
export const projectFolder = resolve('/replayed');

/** A file of a project as it stands. */
export interface ReplayedFile {
  readonly documentUri: string;
  readonly text: string;
}

/** The files of a project while its developer works: each as it was saved last, but for the one that is written in. */
export class ReplayedProject {
  readonly #folder: string;
  readonly #maxPromptTokens: number;
  readonly #index = new CodeIndex();
  #open: ReplayedFile | undefined;

  constructor(folder: string, maxPromptTokens: number, files: readonly ReplayedFile[]) {
    this.#folder = folder;
    this.#maxPromptTokens = maxPromptTokens;
    for (const file of files) this.save(file);
  }

  save({ documentUri, text }: ReplayedFile): void {
    this.#index.set({ documentUri, path: this.#pathOf(documentUri), text });
  }

  /** Says what is written in; its text is looked at as it is by the time. */
  open(file: ReplayedFile): void {
    this.#open = file;
  }

  readonly relatedAt = ({
    documentUri,
    prefix,
    suffix,
  }: Pick<WantedPlace, 'documentUri' | 'prefix' | 'suffix'>): RelatedCode => {
    const documentText = this.#open?.documentUri === documentUri ? this.#open.text : '';
    const path = this.#pathOf(documentUri);
    return relatedAt(this.#index, { documentUri, path, documentText, prefix, suffix }, this.#maxPromptTokens);
  };

  #pathOf(documentUri: string): string {
    return relative(this.#folder, fileURLToPath(documentUri)).split(sep).join('/');
  }
}
