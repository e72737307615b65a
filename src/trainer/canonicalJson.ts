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
  const hash = createHash('sha256');
  for (const piece of piecesOfJson(value)) hash.update(piece);
  return hash.digest('hex');
}

/**
 * The canonical JSON of a value in pieces, none longer than an element of its outer lists: V8 has no string of
 * more than 536,870,888 characters, and all examples of a large store have more together.
 */
export function* piecesOfJson(value: unknown): Generator<string> {
  if (Array.isArray(value)) yield* piecesOfList(value);
  else if (isPlainObject(value)) yield* piecesOfFields(value);
  else yield canonicalJson(value);
}

function* piecesOfList(elements: readonly unknown[]): Generator<string> {
  yield '[';
  // In a list of its own an absent element reads `null`, as it does among others.
  for (const [index, element] of elements.entries())
    yield (index === 0 ? '' : ',') + canonicalJson([element]).slice(1, -1);
  yield ']';
}

function* piecesOfFields(record: object): Generator<string> {
  const fields = Object.entries(withSortedKeys(record)).filter(([, field]) => field !== undefined);
  yield '{';
  for (const [index, [name, field]] of fields.entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(name)}:`;
    yield* piecesOfJson(field);
  }
  yield '}';
}

function withSortedKeys(record: object): object {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
