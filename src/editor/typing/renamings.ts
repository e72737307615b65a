import { isAtOrBelow } from '../../feedback/files/fileOf.ts';

/** A file, or a folder with all in it, gets another name. */
export interface Renamed {
  readonly fromUri: string;
  readonly toUri: string;
}

/**
 * The files that get another name just now. VS Code says so before it tries, closes the documents of the old name with
 * it, and says in the end that it is done. When it could not, which it says to nobody, they go on under the old name.
 */
export class Renamings {
  readonly #hear: (renamed: Renamed) => void;
  /** Told of and not done yet, as far as is known. */
  #begun: Renamed[] = [];
  /** Heard as done with the first document that was closed. */
  #heard: Renamed[] = [];

  /** @param hear told once of each that is done, and before a document is closed with it. */
  constructor(hear: (renamed: Renamed) => void) {
    this.#hear = hear;
  }

  begin(renamed: Renamed): void {
    this.#begun = [...without(this.#begun, renamed), renamed];
    this.#heard = without(this.#heard, renamed);
  }

  /** A document was saved: nothing that it is named by is closed for another name any more. */
  noteSaved(documentUri: string): void {
    this.#begun = this.#begun.filter(({ fromUri }) => !isAtOrBelow(documentUri, fromUri));
  }

  /** A document is closed, perhaps because it has another name. */
  noteClosed(documentUri: string): void {
    for (const renamed of this.#begun.filter(({ fromUri }) => isAtOrBelow(documentUri, fromUri))) {
      this.#begun = without(this.#begun, renamed);
      this.#heard = [...this.#heard, renamed];
      this.#hear(renamed);
    }
  }

  finish(renamed: Renamed): void {
    const isHeard = this.#heard.length > without(this.#heard, renamed).length;
    this.#begun = without(this.#begun, renamed);
    this.#heard = without(this.#heard, renamed);
    if (!isHeard) this.#hear(renamed);
  }
}

function without(all: readonly Renamed[], { fromUri, toUri }: Renamed): Renamed[] {
  return all.filter((other) => other.fromUri !== fromUri || other.toUri !== toUri);
}
