/*
 * What the extension asks of its plugin in TypeScript's server. The question travels through the command
 * `typescript.tsserverRequest` of VS Code's TypeScript extension, which lets names with `_` through.
 */

/** The name of the request. */
export const typeErrorsRequest = '_attune.typeErrors';

/** A text that may come into a source file. */
export interface Insertion {
  /** Where, in UTF-16 code units. */
  readonly offset: number;
  /** Characters from the offset on that the text stands for. */
  readonly replacedChars: number;
  readonly text: string;
}

/** What is asked. */
export interface TypeErrorsQuestion extends Insertion {
  /** As TypeScript's server names it. */
  readonly file: string;
}
