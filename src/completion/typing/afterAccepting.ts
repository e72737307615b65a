import { opensBlock } from '../syntax/completionMode.ts';
import type { Completion } from '../completion.ts';
import { cursorLineOf, type Context } from '../prompt/context.ts';

/** A cursor in a document. */
interface Place extends Context {
  readonly offset: number;
}

/** The place where the user is once they have accepted a completion: the document has its text then. */
export function placeAfterAccepting<P extends Place>(place: P, { text, replacedChars }: Completion): P {
  return typedAt({ ...place, suffix: place.suffix.slice(replacedChars) }, text);
}

/**
 * The place where the user is once they have pressed Enter behind a whole line: on a new line,
 * indented as editors do it, one step deeper behind what opens a block.
 */
export function placeOnNextLine<P extends Place>(place: P): P {
  const { before } = cursorLineOf(place);
  const indentation = /^[^\S\n]*/.exec(before)![0];
  return typedAt(place, `\n${indentation}${opensBlock(before) ? indentStepOf(place) : ''}`);
}

function typedAt<P extends Place>(place: P, text: string): P {
  const typed = text.replaceAll('\n', lineEndOf(place));
  return { ...place, prefix: place.prefix + typed, offset: place.offset + typed.length };
}

function lineEndOf({ prefix, suffix }: Context): string {
  return (prefix + suffix).includes('\r\n') ? '\r\n' : '\n';
}

/** One step of indentation: the least that any line near the cursor has; four spaces where none has any. */
function indentStepOf({ prefix, suffix }: Context): string {
  const indentations = (prefix + suffix).match(/^(?:\t|(?: {2})+)(?=\S)/gm) ?? ['    '];
  return indentations.reduce((least, indentation) =>
    indentation.length < least.length ? indentation : least,
  );
}
