/**
 * Something that is made when it is first needed, and once. What makes it may `import()` its code: the
 * bundle of the extension has that in files of its own, which are not even read before (`scripts/build.mjs`).
 */
export class Late<T> {
  readonly #make: () => Promise<T>;
  #making: Promise<T> | undefined;
  #made: T | undefined;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Undefined until it is made. */
  get made(): T | undefined {
    return this.#made;
  }

  /** Whether somebody needed it, so that it is made by now or is being made. */
  get isNeeded(): boolean {
    return this.#making !== undefined;
  }

  /** Makes it, if nobody did. Who asks first hears first. */
  get(): Promise<T> {
    return (this.#making ??= this.#keep());
  }

  async #keep(): Promise<T> {
    return (this.#made = await this.#make());
  }
}
