import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RelatedCode } from '../../completion/completion.ts';
import { CodeIndex, maxProjectChars, relatedAt, type CodeFile } from '../../completion/prompt/relatedCode.ts';
import { isAtOrBelow } from '../../feedback/files/fileOf.ts';

/** Where the texts of a project come from. */
export interface ProjectSource {
  /** The files of the project that may be shown to the model, as they stand on the disk. */
  readonly readFiles: () => Promise<readonly CodeFile[]>;
  /** Whether a file may be shown to the model as it is now. */
  readonly mayShow: (file: CodeFile) => Promise<boolean>;
  /** Told when nothing of a file is to be shown any more that perhaps was shown. */
  readonly onForgotten: () => void;
  /** Told what went wrong; what was read by then is shown. */
  readonly onProblem: (problem: unknown) => void;
}

type DescribedPlace = Parameters<typeof relatedAt>[1];

/** The files of a project as related code: read when a place first asks for them, and followed as they are saved. */
export class ProjectTexts {
  readonly #source: ProjectSource;
  readonly #index = new CodeIndex();
  readonly #chars = new Map<string, number>();
  /** Files and folders that went while the files were read: they may be among those that are still to come. */
  readonly #goneMeanwhile = new Set<string>();
  #reading: Promise<void> | undefined;
  #isRead = false;

  constructor(source: ProjectSource) {
    this.#source = source;
  }

  /** What is related to a place, which is described only once the files are read; undefined until then. */
  relatedAt(describe: () => DescribedPlace, maxPromptTokens: number): RelatedCode | undefined {
    this.#reading ??= this.#read();
    return this.#isRead ? relatedAt(this.#index, describe(), maxPromptTokens) : undefined;
  }

  /** Resolves when the files are read that were asked for. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  /** Takes a file as it was saved; resolves when that is done. Nothing before the files are read: it is among them. */
  async save(file: CodeFile): Promise<void> {
    if (this.#reading === undefined) return;
    await this.#reading;
    const mayShow = await this.#source.mayShow(file).catch(() => false);
    const wasKnown = this.#drop(file.documentUri);
    const isTaken = mayShow && this.#take(file);
    if (wasKnown && !isTaken) this.#source.onForgotten();
  }

  /** A file is gone or has another name, or a folder with all in it. */
  forget(uri: string): void {
    if (this.#reading !== undefined && !this.#isRead) this.#goneMeanwhile.add(uri);
    const gone = [...this.#chars.keys()].filter((documentUri) => isAtOrBelow(documentUri, uri));
    for (const documentUri of gone) this.#drop(documentUri);
    if (gone.length > 0) this.#source.onForgotten();
  }

  /** Gives whether there was anything of the file. */
  #drop(documentUri: string): boolean {
    this.#index.delete(documentUri);
    return this.#chars.delete(documentUri);
  }

  async #read(): Promise<void> {
    try {
      // The newest come last; where there is no room for all, the oldest are left out.
      for (const file of (await this.#source.readFiles()).toReversed()) {
        if (!this.#isGone(file)) this.#take(file);
        // Whatever waits comes first: a key is not kept waiting by a whole project.
        await nextTurn();
      }
    } catch (error) {
      this.#source.onProblem(error);
    }
    this.#isRead = true;
    this.#goneMeanwhile.clear();
  }

  #isGone({ documentUri }: CodeFile): boolean {
    return Array.from(this.#goneMeanwhile).some((uri) => isAtOrBelow(documentUri, uri));
  }

  /** Gives whether there was room for the file. */
  #take(file: CodeFile): boolean {
    const taken = [...this.#chars.values()].reduce((sum, chars) => sum + chars, 0);
    if (taken + file.text.length > maxProjectChars) return false;
    this.#chars.set(file.documentUri, file.text.length);
    this.#index.set(file);
    return true;
  }
}
