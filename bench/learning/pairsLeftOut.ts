import { CliError } from '../../src/cli/errors.ts';

/** A pair that could not be judged. */
export interface PairLeftOut {
  readonly name: string;
  /** In a sentence or two, with what to do. */
  readonly why: string;
}

/** The pairs that say too little to be judged by: the others are measured all the same. */
export class PairsLeftOut {
  readonly all: PairLeftOut[] = [];
  readonly #onLeftOut: (why: string) => void;
  #firstError: CliError | undefined;

  /** @param onLeftOut told why at once. */
  constructor(onLeftOut: (why: string) => void) {
    this.#onLeftOut = onLeftOut;
  }

  /** What comes of a pair; undefined where it says too little. Throws whatever else goes wrong. */
  async unlessTooLittle<T>(name: string, doing: () => Promise<T>): Promise<T | undefined> {
    try {
      return await doing();
    } catch (error) {
      if (!CliError.is(error, 'tooLittleWork') && !CliError.is(error, 'nothingTyped')) throw error;
      this.#firstError ??= error;
      this.all.push({ name, why: error.message });
      this.#onLeftOut(error.message);
      return undefined;
    }
  }

  /** Throws why the first was left out, where that is all there is to say. */
  requireOthers(count: number): void {
    if (count === 0 && this.#firstError !== undefined) throw this.#firstError;
  }
}
