import { expect, it } from 'vitest';
import type { CompletionRecord } from '../../../src/feedback/completionRecord.ts';
import { labelOutcome, type Label } from '../../../src/feedback/following/labels.ts';
import type { CompletionOutcome, OutcomeEvidence } from '../../../src/feedback/following/outcome.ts';
import { completionId, sampleCompletion } from '../sampleRecords.ts';

interface Rest {
  readonly evidence?: OutcomeEvidence['kind'];
  /** At 30 s, 2 min, ... */
  readonly shares?: readonly number[];
  readonly finalText?: string;
  readonly others?: readonly string[];
}

function record(outcome: CompletionOutcome | undefined, rest: Rest) {
  const { evidence = 'text', shares = [], finalText, others } = rest;
  return sampleCompletion('c1', {
    ...(outcome && { outcome, evidence: { kind: evidence, why: '' }, shownMs: 900 }),
    survival: shares.map((survivalShare, i) => ({ afterMs: 30_000 * (i + 1), survivalShare })),
    ...(finalText !== undefined && { finalText }),
    ...(others && { otherCompleters: [...others] }),
  } satisfies Partial<CompletionRecord>);
}

const accepted: CompletionOutcome = { kind: 'accepted' };
const half: CompletionOutcome = { kind: 'acceptedPartly', acceptedChars: 4 };
const typed: CompletionOutcome = { kind: 'typedThrough', typedChars: 8 };
const over: CompletionOutcome = { kind: 'typedOver', divergedAtChar: 0 };
const dismissed: CompletionOutcome = { kind: 'dismissed' };
const kept = (keptShare: number): Label => ({ kind: 'kept', keptShare });
const others = ['some.other'];
const refused: Label = { kind: 'refused' };

it.each<[string, CompletionOutcome | undefined, Rest, Label | 'none']>([
  ['nothing became of it yet', undefined, {}, 'none'],
  ['nothing was offered and the user wrote on', undefined, { finalText: 'x' }, 'none'],
  ['unseen', { kind: 'unseen', shownMs: 100 }, { finalText: 'x' }, 'none'],
  ['superseded', { kind: 'superseded', by: completionId('c2') }, { finalText: 'x' }, 'none'],
  ['accepted and not looked at again', accepted, {}, 'none'],
  ['accepted and untouched', accepted, { shares: [1, 1] }, kept(1)],
  ['accepted and changed a little', accepted, { shares: [1, 0.75] }, kept(0.75)],
  ['accepted and rewritten later', accepted, { shares: [1, 0.25], finalText: 'x' }, refused],
  ['accepted, seen only when the file was closed', accepted, { finalText: 'foo(bar)' }, kept(1)],
  ['half accepted and kept', half, { shares: [1] }, kept(0.5)],
  ['half accepted and that half rewritten', half, { shares: [0.2] }, refused],
  ['typed by hand', typed, {}, kept(1)],
  ['typed by hand and kept', typed, { finalText: 'foo(bar);' }, kept(1)],
  ['typed by hand and rewritten', typed, { finalText: 'x' }, refused],
  ['typed over', over, {}, refused],
  ['typed over, with what was wanted', over, { finalText: 'x' }, refused],
  ['typed over, yet written in the end', over, { finalText: 'foo( bar )' }, 'none'],
  ['Escape', dismissed, { evidence: 'command' }, refused],
  ['an accept taken back', dismissed, { evidence: 'text' }, refused],
  ['left, and nothing written', dismissed, { evidence: 'inferred' }, 'none'],
  ['left, and something else written', dismissed, { evidence: 'inferred', finalText: 'x' }, refused],
  ['left, yet written in the end', dismissed, { evidence: 'inferred', finalText: 'foo(bar)' }, 'none'],
  ['Escape beside another completer', dismissed, { evidence: 'command', others }, 'none'],
  ['typed over beside another completer', over, { finalText: 'x', others }, 'none'],
  ['left beside another completer', dismissed, { evidence: 'inferred', finalText: 'x', others }, 'none'],
  ['accepted beside another completer', accepted, { shares: [0.75], others }, kept(0.75)],
  ['accepted beside another completer and rewritten', accepted, { shares: [0.25], others }, refused],
  ['typed by hand beside another completer', typed, { others }, kept(1)],
  ['typed over where others are known to be none', over, { others: [] }, refused],
])('%s', (_, outcome, rest, expected) => {
  const label = labelOutcome(record(outcome, rest));
  expect(label).toEqual(expected === 'none' ? { kind: 'none', why: expect.any(String) as string } : expected);
});
