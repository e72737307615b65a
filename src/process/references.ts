/**
 * The references of the next completions, as one process tells them to another: for each text the
 * number that it had the last time, or the text itself where it is new.
 */
export type ReferenceList = readonly (number | string)[];

/** Tells one engine the references of its window, each text once. */
export class ToldReferences {
  #told: readonly string[] = [];

  /** What to tell so that the engine knows these texts; undefined when it knows them. */
  change(texts: readonly string[]): ReferenceList | undefined {
    const before = this.#told;
    if (texts.length === before.length && texts.every((text, i) => text === before[i])) return undefined;
    this.#told = texts;
    return texts.map((text) => (before.includes(text) ? before.indexOf(text) : text));
  }
}

/** The texts of a list, given those of the list before; a number that none had is left out. */
export function readReferences(list: ReferenceList, before: readonly string[]): string[] {
  return list.flatMap((item) => (typeof item === 'string' ? [item] : (before[item] ?? [])));
}
