import * as l10n from '@vscode/l10n';

/** A number with as many decimals, with the sign that the reader's language writes before them. */
export function decimals(value: number, count: number): string {
  return withDecimalSign(value.toFixed(count));
}

/** The digits that JavaScript wrote of a number, as the reader's language writes them. */
export function withDecimalSign(digits: string): string {
  return digits.replace('.', l10n.t({ message: '.', comment: 'The sign before decimals, as in 0.5' }));
}

/** A positive number with no more digits than an estimate has: two, and no decimals. */
export function roughly(value: number): string {
  return String(Math.round(Number(value.toPrecision(2))));
}
