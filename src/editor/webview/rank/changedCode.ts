import { colouredCode } from './codeBlock.ts';
import { element } from './element.ts';
import './changedCode.css';

/** The line that a text comes into. */
export interface ChangedLine {
  readonly languageId: string;
  /** The line up to the cursor, and from there on. */
  readonly lineBefore: string;
  readonly lineBehind: string;
}

/** A text that comes in at the cursor in place of some characters behind it. */
export interface Change {
  readonly text: string;
  readonly replacedChars: number;
}

/** As much of a long line is shown on either side: a side panel is narrow. */
const maxContextChars = 40;

/** What a text changes in its document: the line with what comes and what goes marked in it, as in a comparison. */
export function changedCode(
  { text, replacedChars }: Change,
  { languageId, lineBefore, lineBehind }: ChangedLine,
): HTMLElement {
  const parts = [
    context(shortened(lineBefore.trimStart(), 'front')),
    element('ins', {}, ...colouredCode(text, languageId)),
    element('del', {}, lineBehind.slice(0, replacedChars)),
    context(shortened(lineBehind.slice(replacedChars).trimEnd(), 'back')),
  ];
  return element('pre', {}, element('code', {}, ...parts.filter((part) => part.textContent !== '')));
}

function context(text: string): HTMLElement {
  return element('span', { className: 'context' }, text);
}

function shortened(text: string, cut: 'front' | 'back'): string {
  if (text.length <= maxContextChars) return text;
  return cut === 'front' ? `…${text.slice(-maxContextChars)}` : `${text.slice(0, maxContextChars)}…`;
}
