import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** The texts of a file in l10n/, by their English. */
export function bundle(name: string): Readonly<Record<string, unknown>> {
  const file = join(import.meta.dirname, '..', '..', 'l10n', name);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** A language in which every text is between marks, so that one that is not translated stands out. */
export const marking = Object.fromEntries(
  Object.keys(bundle('bundle.l10n.json')).map((key) => [key, key.startsWith('./') ? ',' : `⟦${key}⟧`]),
);

/** What of a text is not between marks, without a value's own marks. */
export function unmarked(text: string): string {
  const inner = /⟦[^⟦⟧]*⟧/g;
  return inner.test(text) ? unmarked(text.replaceAll(inner, '')) : text;
}
