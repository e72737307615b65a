import type { PolicyId } from '../../engine/policy.ts';
import type { Completion } from '../completion.ts';
import { cursorLineOf, normaliseText, type Context } from '../prompt/context.ts';

/** Where one policy was asked. */
export interface AskedPlace extends Context {
  readonly policyId: PolicyId;
  readonly documentUri: string;
  /** VS Code's language id. A document may be given another, and is then completed as something else. */
  readonly languageId: string;
  /** 0-based UTF-16 offset of the cursor in the document. */
  readonly offset: number;
}

type Cursor = Pick<AskedPlace, 'documentUri' | 'offset' | 'prefix'>;

/**
 * The same completion, seen from a place the user reached by typing its text: what is left of it.
 * `undefined` when something else was typed, or all of it.
 *
 * Both lead to the same document when accepted. So what is left depends on what stands behind the
 * cursor now: typing `(` may have brought a `)` that the completion has too, and typing over a `)`
 * takes away one that it was to replace.
 */
export function remainderAt(
  completion: Completion,
  from: AskedPlace,
  to: AskedPlace,
): Completion | undefined {
  const typed = writtenSince(from, to);
  // Most often something else was typed: that is known without a look at thousands of characters around it.
  if (typed === undefined || !agreeAtStart(completion.text, typed)) return undefined;
  if (!isSameBefore(from, to)) return undefined;
  const [suffixFrom, suffixTo] = [normaliseText(from.suffix), normaliseText(to.suffix)];
  const [restFrom, restTo] = [lineOf(suffixFrom), lineOf(suffixTo)];
  const wanted = completion.text + restFrom.slice(completion.replacedChars);
  if (!isSameBelow(suffixFrom, suffixTo) || !wanted.startsWith(typed)) return undefined;
  return withRest(completion, wanted.slice(typed.length), restTo);
}

/** Whether the user reached a place by typing the beginning of a text that is still being written. */
export function isTypedAlong(text: string, from: AskedPlace, to: AskedPlace): boolean {
  const typed = typedBetween(from, to);
  const isBegun = typed !== undefined && text.startsWith(typed);
  return isBegun && isSameBelow(normaliseText(from.suffix), normaliseText(to.suffix));
}

/** Whether the user reached a place by writing all of the text and perhaps white space behind it. */
export function isWrittenAt({ text, replacedChars }: Completion, from: AskedPlace, to: AskedPlace): boolean {
  const typed = typedBetween(from, to);
  if (typed?.startsWith(text) !== true || typed.slice(text.length).trim() !== '') return false;
  return agreeAtStart(
    normaliseText(from.suffix).slice(replacedChars).trimStart(),
    normaliseText(to.suffix).trimStart(),
  );
}

/** Whether two places are one: a policy says the same at both. */
export function isSamePlace(a: AskedPlace, b: AskedPlace): boolean {
  const isSameAsked = a.policyId === b.policyId && a.languageId === b.languageId;
  return isSameAsked && isSameCursor(a, b) && a.suffix === b.suffix;
}

/** Whether two places are one cursor behind the same text, whoever is asked and whatever the editor closed behind it. */
export function isSameCursor(a: Cursor, b: Cursor): boolean {
  return a.documentUri === b.documentUri && a.offset === b.offset && a.prefix === b.prefix;
}

/** Whether the lines below the cursor's are the same. */
function isSameBelow(a: string, b: string): boolean {
  return agreeAtStart(a.slice(lineOf(a).length), b.slice(lineOf(b).length));
}

function lineOf(suffix: string): string {
  return cursorLineOf({ prefix: '', suffix }).behind;
}

/** The text typed since, when that is all that happened before the cursor. */
function typedBetween(from: AskedPlace, to: AskedPlace): string | undefined {
  const written = writtenSince(from, to);
  return written !== undefined && isSameBefore(from, to) ? written : undefined;
}

/** What stands between two places of a document, the first of them before the second; as far as it is known. */
function writtenSince(from: AskedPlace, to: AskedPlace): string | undefined {
  const start = startOf(from, to);
  const isSameDocument = from.documentUri === to.documentUri && from.languageId === to.languageId;
  if (!isSameDocument || to.offset < from.offset || start < 0) return undefined;
  return normaliseText(to.prefix.slice(start));
}

function isSameBefore(from: AskedPlace, to: AskedPlace): boolean {
  return agreeAtEnd(from.prefix, to.prefix.slice(0, startOf(from, to)));
}

/** Where the first place lies in the prefix of the second. */
function startOf(from: AskedPlace, to: AskedPlace): number {
  return to.prefix.length - (to.offset - from.offset);
}

/** The completion that makes `wanted` of the rest of the line, replacing as little of it as it can. */
function withRest(completion: Completion, wanted: string, rest: string): Completion | undefined {
  let replacedChars = 0;
  while (!wanted.endsWith(rest.slice(replacedChars))) replacedChars += 1;
  const text = wanted.slice(0, wanted.length - (rest.length - replacedChars));
  if (text === '' || !contains(text, rest.slice(0, replacedChars))) return undefined;
  return { ...completion, text, replacedChars };
}

/** Whether the characters of `part` occur in `text` in their order, as VS Code wants of what is replaced. */
function contains(text: string, part: string): boolean {
  let at = -1;
  return Array.from(part).every((char) => (at = text.indexOf(char, at + 1)) !== -1);
}

/** Contexts are cut at their far ends, so they are compared as far as both reach. */
function agreeAtStart(a: string, b: string): boolean {
  const shared = Math.min(a.length, b.length);
  return a.slice(0, shared) === b.slice(0, shared);
}

function agreeAtEnd(a: string, b: string): boolean {
  const shared = Math.min(a.length, b.length);
  return a.slice(a.length - shared) === b.slice(b.length - shared);
}
