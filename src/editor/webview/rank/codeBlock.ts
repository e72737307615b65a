import { codeSpans } from './codeSpans.ts';
import { element } from './element.ts';
import './codeBlock.css';

/** Code as it stands in a document: monospaced and coloured. */
export function codeBlock(code: string, languageId: string): HTMLElement {
  return element('pre', {}, element('code', {}, ...colouredCode(code, languageId)));
}

/** Code in coloured pieces. */
export function colouredCode(code: string, languageId: string): HTMLElement[] {
  return codeSpans(code, languageId).map(({ kind, text }) => element('span', { className: kind }, text));
}
