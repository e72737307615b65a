import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RelatedCode } from '../../completion/completion.ts';
import { CodeIndex, maxProjectChars, relatedAt, type CodeFile } from '../../completion/prompt/relatedCode.ts';
import { isAtOrBelow } from '../../feedback/files/fileOf.ts';

/** Where the texts of a project come from. */
export interface ProjectSource {
  /** The files of the project that may be shown to the model, as they stand on the disk. */
  readonly readFiles: () => Promise<readonly CodeFile[]>;
  /** A file as it is now: as the editor has it, else as it stands on the disk; undefined where it is none that people write. */
  readonly readFile: (documentUri: string) => Promise<CodeFile | undefined>;
  /** Whether a file may be shown to the model as it is now. */
  readonly mayShow: (file: CodeFile) => Promise<boolean>;
  /** Told which file is shown with another text from now on. */
  readonly onChanged: (file: CodeFile) => void;
  /** Told when nothing of a file is to be shown any more that perhaps was shown. */
  readonly onForgotten: () => void;
  /** Told what went wrong; what was read by then is shown. */
  readonly onProblem: (problem: unknown) => void;
}

type DescribedPlace = Parameters<typeof relatedAt>[1];

/** The files of a project as related code: read when a place first asks for them, and followed as they change. */
export class ProjectTexts {
  readonly #source: ProjectSource;
  readonly #index = new CodeIndex();
  readonly #files = new Map<string, CodeFile>();
  /** Files and folders that went while the files were read: they may be among those that are still to come. */
  readonly #goneMeanwhile = new Set<string>();
  #reading: Promise<void> | undefined;
  #isRead = false;
  /** Resolves when the last file that changed is taken in. */
  #following: Promise<void> = Promise.resolve();

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

  /** Takes a file in as it is now, behind those that changed before. Nothing before the files are read: it is among them. */
  async follow(documentUri: string): Promise<void> {
    if (this.#reading === undefined) return;
    await (this.#following = Promise.all([this.#following, this.#reading]).then(() =>
      this.#readAgain(documentUri),
    ));
  }

  /** A file is gone or has another name, or a folder with all in it. */
  forget(uri: string): void {
    if (this.#reading !== undefined && !this.#isRead) this.#goneMeanwhile.add(uri);
    const gone = [...this.#files.keys()].filter((documentUri) => isAtOrBelow(documentUri, uri));
    for (const documentUri of gone) this.#drop(documentUri);
    if (gone.length > 0) this.#source.onForgotten();
  }

  async #readAgain(documentUri: string): Promise<void> {
    const file = await this.#source.readFile(documentUri).catch(() => undefined);
    if (file !== undefined && file.text === this.#files.get(documentUri)?.text) return;
    const mayShow = file !== undefined && (await this.#source.mayShow(file).catch(() => false));
    const wasKnown = this.#drop(documentUri);
    const isTaken = mayShow && this.#take(file);
    if (isTaken) this.#source.onChanged(file);
    else if (wasKnown) this.#source.onForgotten();
  }

  /** Gives whether there was anything of the file. */
  #drop(documentUri: string): boolean {
    this.#index.delete(documentUri);
    return this.#files.delete(documentUri);
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
    const taken = [...this.#files.values()].reduce((sum, { text }) => sum + text.length, 0);
    if (taken + file.text.length > maxProjectChars) return false;
    this.#files.set(file.documentUri, file);
    this.#index.set(file);
    return true;
  }
}
