import * as l10n from '@vscode/l10n';
import { withDecimalSign } from './decimals.ts';
import type { Sentence, SentenceValue } from './sentence.ts';

/** A sentence in the reader's language; in English where that has no translation of it. */
export function told({ text, values }: Sentence): string {
  return l10n.t(text, ...values.map(toldValue));
}

function toldValue(value: SentenceValue): string {
  if (typeof value === 'object') return told(value);
  return typeof value === 'number' ? withDecimalSign(String(value)) : value;
}
