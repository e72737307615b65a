import { describe, expect, it } from 'vitest';
import { storeError } from '../../../src/feedback/errors.ts';
import { ScreenedSink } from '../../../src/feedback/storing/screenedSink.ts';
import { MemoryFeedbackStore } from '../memoryFeedbackStore.ts';
import { completionId, sampleCompletion, sampleDemonstration, sampleRanking } from '../sampleRecords.ts';

const token = ['gh', 'p_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('');
const key = ['9f8b2c7e', '51d04a6fb3e2', '88c1d7a90f4e'].join('');
const id = completionId('c1');
const { documentUri } = sampleCompletion('c1');
const dismissal = {
  id,
  outcome: { kind: 'dismissed' },
  evidence: { kind: 'command', why: '' },
  shownMs: 900,
} as const;

function screened() {
  const store = new MemoryFeedbackStore();
  const problems: unknown[] = [];
  const excludedPatterns = ['*.sql'];
  const rules = () => ({ excludedPatterns, workspaceFolders: ['/'] });
  const sink = new ScreenedSink(store, rules, (problem) => problems.push(problem));
  return { store, sink, problems, excludedPatterns };
}

describe('a screened sink', () => {
  it('passes on what may be stored, in the order it came', async () => {
    const { store, sink } = screened();
    sink.addCompletion(sampleCompletion('c1'));
    sink.setOutcome(dismissal);
    sink.addSurvival(id, { afterMs: 30_000, survivalShare: 1 });
    sink.setFinalText(id, 'baz', documentUri);
    sink.addDemonstration(sampleDemonstration('d1'));
    sink.addRanking(sampleRanking('r1'));
    sink.countNothingOffered('midWord');
    await sink.settled();
    expect(store.completions()).toEqual([
      {
        ...sampleCompletion('c1'),
        ...dismissal,
        survival: [{ afterMs: 30_000, survivalShare: 1 }],
        finalText: 'baz',
      },
    ]);
    expect(store.counts()).toMatchObject({ demonstrations: 1, rankings: 1, nothingOffered: { midWord: 1 } });
  });

  it.each([
    ['before the cursor', { prefix: `a = '${token}'; b = ` }],
    ['behind the cursor', { suffix: `\nc = '${token}';` }],
    ['in the text', { text: token }],
    [
      'made of what stands before the cursor and the text',
      { prefix: token.slice(0, 9), text: token.slice(9) },
    ],
  ])('drops a completion with a secret %s, and all that is reported of it', async (_, changes) => {
    const { store, sink } = screened();
    sink.addCompletion(sampleCompletion('c1', changes));
    sink.setOutcome(dismissal);
    sink.setFinalText(id, 'baz', documentUri);
    await sink.settled();
    expect(store.completions()).toEqual([]);
    expect(store.counts().notStored).toEqual({ secretInText: 1 });
  });

  it('takes over what a completion grew to, and drops one that grows a secret', async () => {
    const { store, sink } = screened();
    const { written } = sampleCompletion('c1');
    for (const name of ['c1', 'c2']) sink.addCompletion(sampleCompletion(name, { text: 'foo();' }));
    sink.growCompletion({ id, text: 'foo();\nbar();', written }, documentUri);
    const id2 = completionId('c2');
    sink.growCompletion({ id: id2, text: `foo();\nbar('${token}');`, written }, documentUri);
    sink.setFinalText(id2, token, documentUri);
    await sink.settled();
    expect(store.completions()).toMatchObject([{ id: 'c1', text: 'foo();\nbar();' }]);
    expect(store.counts().notStored).toEqual({ secretInText: 1 });
  });

  it('drops demonstrations and rankings with a secret too', async () => {
    const { store, sink } = screened();
    sink.addDemonstration(sampleDemonstration('d1', { text: token }));
    sink.addRanking(sampleRanking('r1', { ownText: token }));
    await sink.settled();
    expect(store.counts()).toMatchObject({ demonstrations: 0, rankings: 0, notStored: { secretInText: 2 } });
  });

  it('keeps all of an answer or nothing, and says which to whoever gave it', async () => {
    const { store, sink } = screened();
    const answer = (name: string, text: string) =>
      sink.addAnswer([
        { kind: 'ranking', record: sampleRanking(`r${name}`) },
        { kind: 'demonstration', record: sampleDemonstration(`d${name}`, { text }) },
      ]);
    expect(await answer('1', token)).toBe('secretInText');
    expect(store.counts()).toMatchObject({ demonstrations: 0, rankings: 0, notStored: { secretInText: 1 } });
    expect(await answer('2', 'foo();')).toBeUndefined();
    expect(store.counts()).toMatchObject({ demonstrations: 1, rankings: 1 });
    store.addAll = () => {
      throw storeError('diskFull', 'x');
    };
    await expect(answer('3', 'foo();')).rejects.toMatchObject({ reason: 'diskFull' });
    sink.addRanking(sampleRanking('r4'));
    await sink.settled();
    expect(store.counts()).toMatchObject({ rankings: 2 });
  });

  it.each([
    ['in it', 'x\napiKey = ', '\n', `"${key}"`],
    ['that the quote behind the cursor ends', 'const apiKey = "', '"\n', key],
    ['given to a name on the line above', 'const apiKey =\n  ', '\n', `"${key}";`],
  ])('leaves out a final text with a secret %s, and keeps the rest', async (_, prefix, suffix, finalText) => {
    const { store, sink } = screened();
    sink.addCompletion(sampleCompletion('c1', { prefix, suffix }));
    sink.setFinalText(id, finalText, documentUri);
    await sink.settled();
    expect(store.completions()[0]).not.toHaveProperty('finalText');
    expect(store.counts().notStored).toEqual({ secretInText: 1 });
  });

  it('drops a completion that grows a secret which the quote behind the cursor ends', async () => {
    const { store, sink } = screened();
    const completion = sampleCompletion('c1', { prefix: 'x = {', text: 'a: 1', suffix: '"}' });
    sink.addCompletion(completion);
    const text = `a: 1,\napiKey: "${key}`;
    sink.growCompletion({ id, text, written: completion.written }, documentUri);
    await sink.settled();
    expect(store.completions()).toEqual([]);
  });

  it('drops what was written in an excluded file', async () => {
    const { store, sink } = screened();
    sink.addCompletion(sampleCompletion('c1', { documentUri: 'file:///q.sql' }));
    await sink.settled();
    expect(store.counts()).toMatchObject({ completions: 0, notStored: { excludedByUser: 1 } });
  });

  it.each([
    ['was excluded', documentUri, '*.ts', 'excludedByUser'],
    ['got the name of such a file', 'file:///q.sql', '*.sql', 'excludedByUser'],
    ['got the name of a file of keys', 'file:///.env', '*.sql', 'secretFile'],
  ])('keeps nothing more that is written in a file which %s meanwhile', async (_, uri, excluded, reason) => {
    const { store, sink, excludedPatterns } = screened();
    for (const name of ['c1', 'c2']) sink.addCompletion(sampleCompletion(name));
    await sink.settled();
    excludedPatterns.push(excluded);
    sink.setFinalText(id, 'baz', uri);
    const { written } = sampleCompletion('c2');
    sink.growCompletion({ id: completionId('c2'), text: 'foo(bar)\nbaz', written }, uri);
    await sink.settled();
    expect(store.completions()).toEqual([sampleCompletion('c1')]);
    expect(store.counts().notStored).toEqual({ [reason]: 2 });
  });

  it('reports what the store throws and goes on', async () => {
    const { store, sink, problems } = screened();
    const full = storeError('diskFull', 'x');
    const addCompletion = store.addCompletion.bind(store);
    store.addCompletion = (record) => {
      if (record.id === id) throw full;
      addCompletion(record);
    };
    sink.addCompletion(sampleCompletion('c1'));
    sink.addCompletion(sampleCompletion('c2'));
    await sink.settled();
    expect(problems).toEqual([full]);
    expect(store.completions().map((record) => record.id)).toEqual(['c2']);
  });
});
