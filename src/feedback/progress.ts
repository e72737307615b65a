import { commonLength } from '../engine/commonLength.ts';
import { withoutCarriageReturns } from './following/survival.ts';

/** How far a text that is being written agrees with a completion on the screen. */
export type Progress =
  /** A beginning of it, perhaps nothing yet. */
  | { readonly kind: 'along'; readonly matchedChars: number }
  | { readonly kind: 'whole' }
  | { readonly kind: 'diverged'; readonly atChar: number };

/** Closing characters that an editor writes by itself, each with what calls for it. */
const openerOf: Readonly<Record<string, string>> = {
  ')': '(',
  ']': '[',
  '}': '{',
  '>': '<',
  '"': '"',
  "'": "'",
  '`': '`',
};

/**
 * How far the text at the cursor agrees with a completion.
 *
 * Behind the agreeing part may stand what the editor closed by itself (`foo()` while `foo(bar)` is
 * typed by hand) and the characters that the completion replaces; neither is disagreement.
 *
 * @param written  what stands at the cursor now, the replaced characters included.
 * @param replaced the characters behind the cursor that the completion stands for.
 */
export function progressOf(completion: string, written: string, replaced: string): Progress {
  const text = withoutCarriageReturns(completion);
  const there = withoutCarriageReturns(written);
  const matchedChars = commonLength(text, there);
  const tail = there.slice(matchedChars);
  if (!isEditorsOwn(tail, text.slice(0, matchedChars), replaced))
    return { kind: 'diverged', atChar: matchedChars };
  return matchedChars === text.length ? { kind: 'whole' } : { kind: 'along', matchedChars };
}

function isEditorsOwn(tail: string, matched: string, replaced: string): boolean {
  const closed = tail.endsWith(replaced) ? tail.slice(0, tail.length - replaced.length) : tail;
  if (closed === '') return true;
  const isClosing = /^(?:\s*[)\]}>"'`])+$/.test(closed);
  return (
    isClosing && Array.from(closed.replaceAll(/\s/g, '')).every((mark) => matched.includes(openerOf[mark]!))
  );
}
