import { describe, expect, it } from 'vitest';
import type { CompletionId } from '../../../src/completion/completion.ts';
import { SessionOffers } from '../../../src/editor/typing/sessionOffers.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';
import type { EditorEvent } from '../../../src/feedback/following/editorEvent.ts';
import type { OutcomeReport } from '../../../src/feedback/storing/feedbackStore.ts';

function session() {
  const told: string[] = [];
  const offers = new SessionOffers({
    noteRefused: ({ text }, place) => told.push(`refused ${place.prefix}|${text}`),
    noteAccepted: () => told.push('accepted'),
    noteDismissed: () => told.push('dismissed'),
    noteEdited: ({ documentUri }) => told.push(`edited ${documentUri}`),
    noteRenamed: (fromUri, toUri) => told.push(`renamed ${fromUri} ${toUri}`),
  });
  return { offers, told };
}

function offer(id: string, latencyMs = 10, text = 'b;', policyId = 'tiny') {
  return {
    kind: 'offered',
    ...{ atMs: 0, documentUri: 'file:///a', languageId: 'c', offset: 2, prefix: 'a ', suffix: '' },
    completion: {
      kind: 'completion',
      id: id as CompletionId,
      policyId: policyId as PolicyId,
      ...{ text, replacedChars: 0, latencyMs },
      written: {
        ...{ promptTokens: [], typedText: '', completionTokens: [], behaviourLogProbs: [] },
        ...{ freeFrom: 0, temperature: 0 },
      },
    },
  } as const;
}

const report = (id: string, outcome: OutcomeReport['outcome']): OutcomeReport => ({
  id: id as CompletionId,
  outcome,
  evidence: { kind: 'text', why: '' },
  shownMs: 1000,
});

describe('SessionOffers', () => {
  it('counts a completion once, however often it is offered again while one types along', () => {
    const { offers } = session();
    for (const id of ['1', '1', '2', '1']) offers.handle(offer(id));
    expect(offers.counts.shown).toBe(2);
    expect(offers.lastId).toBe('1');
  });

  it('hands on as refused what a completion grew to', () => {
    const { offers, told } = session();
    offers.handle(offer('1'));
    const { completion, ...asked } = offer('1', 10, 'b;\nc;');
    const written = { ...completion.written, completionTokens: [1, 2] };
    offers.handle({ ...asked, completion: { ...completion, written } });
    offers.handle(offer('1', 10, ';\nc;'));
    offers.outcome(report('1', { kind: 'dismissed' }));
    expect(told).toEqual(['refused a |b;\nc;']);
    expect(offers.counts.shown).toBe(1);
  });

  it('tells when a completion was put on the screen', () => {
    const { offers } = session();
    const ids: (string | undefined)[] = [];
    const listening = offers.onOffered(() => ids.push(offers.lastId));
    offers.handle(offer('1'));
    offers.handle({ kind: 'dismissCommand', atMs: 0, documentUri: 'file:///a' });
    listening.dispose();
    offers.handle(offer('2'));
    expect(ids).toEqual(['1']);
  });

  const at = { atMs: 0, documentUri: 'file:///a' };
  const all = { ...at, completionId: '1' as CompletionId, part: 'all' } as const;
  const { completion, ...asked } = offer('1');
  const nothing = { kind: 'none', id: '2' as CompletionId } as const;

  it.each<[string, EditorEvent]>([
    ['was dismissed', { kind: 'dismissCommand', ...at }],
    ['is hidden', { kind: 'hidden', ...at }],
    ['was accepted', { kind: 'acceptCommand', ...all }],
    [
      'was followed by nothing',
      { ...asked, kind: 'notOffered', noCompletion: { ...nothing, reason: 'unsure' } },
    ],
    ['was left', { kind: 'cursorMoved', ...at, offset: 3 }],
    ['was left for another document', { kind: 'cursorMoved', ...at, documentUri: 'file:///b', offset: 2 }],
    ['was closed', { kind: 'closed', ...at }],
  ])('knows that a completion is off the screen that %s', (_, event) => {
    const { offers } = session();
    offers.handle(offer('1'));
    offers.handle(event);
    expect([offers.shownId, offers.lastId]).toEqual([undefined, '1']);
    offers.handle(offer('1'));
    expect(offers.shownId).toBe('1');
  });

  it.each<[string, EditorEvent]>([
    ['others come behind it', { ...offer('2'), isBehind: true }],
    ['the cursor is where it was', { kind: 'cursorMoved', ...at, offset: 2 }],
    ['a word of it was accepted', { kind: 'acceptCommand', ...all, part: 'word' }],
    ['a request ended', { ...asked, kind: 'notOffered', noCompletion: { ...nothing, reason: 'cancelled' } }],
    ['another document was closed', { kind: 'closed', ...at, documentUri: 'file:///b' }],
  ])('knows that a completion stays on the screen where %s', (_, event) => {
    const { offers } = session();
    offers.handle({ ...asked, completion });
    offers.handle(event);
    expect(offers.shownId).toBe('1');
  });

  it('says when what is shown was dismissed', () => {
    const { offers, told } = session();
    offers.handle({ kind: 'dismissCommand', atMs: 0, documentUri: 'file:///a' });
    expect(told).toEqual(['dismissed']);
  });

  it('passes edits and new names on, by which the places of refusals are followed', () => {
    const { offers, told } = session();
    offers.handle({ kind: 'edited', atMs: 0, documentUri: 'file:///a', changes: [] });
    offers.handle({ kind: 'renamed', atMs: 0, documentUri: 'file:///a', newUri: 'file:///b' });
    expect(told).toEqual(['edited file:///a', 'renamed file:///a file:///b']);
  });

  it('gives the median time of the last completions', () => {
    const { offers } = session();
    expect(offers.counts.medianLatencyMs).toBeUndefined();
    for (const [i, latencyMs] of [900, 10, 20, 30].entries()) offers.handle(offer(String(i), latencyMs));
    expect(offers.counts.medianLatencyMs).toBe(30);
    for (let i = 0; i < 20; i++) offers.handle(offer(`later ${i}`, 5));
    expect(offers.counts.medianLatencyMs).toBe(5);
  });

  it('says that completions are slow once enough of one policy take more than a second', () => {
    const { offers } = session();
    for (let i = 0; i < 19; i++) offers.handle(offer(`slow ${i}`, 1001));
    expect(offers.counts.isSlow).toBe(false);
    offers.handle(offer('slow 19', 1001));
    expect(offers.counts).toMatchObject({ policyId: 'tiny', isSlow: true });
    offers.handle(offer('of another', 1001, 'b;', 'smaller'));
    expect(offers.counts).toMatchObject({ policyId: 'smaller', isSlow: false, medianLatencyMs: 1001 });
    for (let i = 0; i < 20; i++) offers.handle(offer(`quick ${i}`, 1000, 'b;', 'smaller'));
    expect(offers.counts.isSlow).toBe(false);
  });

  it('counts what was accepted, and takes it back when the outcome is rewritten', () => {
    const { offers } = session();
    offers.handle(offer('1'));
    offers.outcome(report('1', { kind: 'accepted' }));
    expect(offers.counts.accepted).toBe(1);
    offers.outcome(report('1', { kind: 'dismissed' }));
    expect(offers.counts.accepted).toBe(0);
  });

  it('counts what is kept by the last look', () => {
    const { offers } = session();
    const id = '1' as CompletionId;
    offers.survival(id, { afterMs: 30_000, survivalShare: 1 });
    expect(offers.counts.kept).toBe(1);
    offers.survival(id, { afterMs: 120_000, survivalShare: 0.2 });
    expect(offers.counts.kept).toBe(0);
  });

  it('tells the completer what was refused, where, and what was accepted once', () => {
    const { offers, told } = session();
    offers.handle(offer('1'));
    offers.outcome(report('1', { kind: 'typedOver', divergedAtChar: 0 }));
    offers.outcome(report('1', { kind: 'accepted' }));
    offers.outcome(report('1', { kind: 'accepted' }));
    expect(told).toEqual(['refused a |b;', 'accepted']);
  });

  it('tells nothing of completions that nobody looked at', () => {
    const { offers, told } = session();
    offers.handle(offer('1'));
    offers.outcome(report('1', { kind: 'unseen', shownMs: 5 }));
    offers.outcome(report('1', { kind: 'superseded', by: '2' as CompletionId }));
    expect(told).toEqual([]);
  });
});
