import { createHash } from 'node:crypto';
import { isPlainObject } from '../engine/isPlainObject.ts';

/** The one JSON text of a value: keys in order, no white space, absent fields left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    isPlainObject(field) ? withSortedKeys(field) : field,
  );
}

/** SHA-256 of a value's canonical JSON, in hexadecimal: equal values give equal hashes on every machine. */
export function sha256OfJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function withSortedKeys(record: object): object {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
