import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collectFeedback, type Collection } from '../../../src/cli/replay/collectFeedback.ts';
import type { DeveloperHabits } from '../../../src/cli/replay/replayedDeveloper.ts';
import { storeError } from '../../../src/feedback/errors.ts';
import type { FeedbackStore } from '../../../src/feedback/storing/feedbackStore.ts';
import { labelOutcome } from '../../../src/feedback/following/labels.ts';
import { openFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';
import { buildExamples } from '../../../src/trainer/data/dataset.ts';
import { MemoryFeedbackStore } from '../../feedback/memoryFeedbackStore.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { TurnPolicy, type Turn } from '../turnPolicy.ts';
import { typed } from './developer.ts';

function openStore(): FeedbackStore {
  const { store } = openFeedbackStore(join(temporaryFolder(), 'feedback.sqlite'), 0);
  onTestFinished(() => store.close());
  return store;
}

/** Asks in every line and takes exactly what is right. */
const habits: DeveloperHabits = {
  seed: 1,
  asking: { kind: 'lines', share: 1 },
  rankEvery: 0,
  correctedShare: 0,
  takesCompletions: true,
};

interface Replayed extends Partial<Omit<Collection, 'documents'>> {
  readonly typedTexts: readonly string[];
  readonly turns: readonly Turn[];
}

async function collect(store: FeedbackStore, { typedTexts, turns, ...changes }: Replayed) {
  return collectFeedback({
    policy: new TurnPolicy(turns),
    limits: { maxPromptTokens: 256, maxNewTokens: 64 },
    store,
    folder: '/project',
    documents: typedTexts.map((text, index) => ({ ...typed(text), path: `${index}.ts` })),
    habits,
    signal: new AbortController().signal,
    onAsked: () => undefined,
    ...changes,
  });
}

/** All that a store holds but how long the policy took, which differs from run to run. */
function contentOf(store: FeedbackStore) {
  return {
    completions: store.completions().map((record) => ({ ...record, latencyMs: 0 })),
    rankings: store.rankings(),
    demonstrations: store.demonstrations(),
  };
}

const everyReaction: Replayed = {
  typedTexts: ['alpha one\nbeta two\ngamma three\ndelta four\nlast five\n'],
  turns: ['alpha one', 'beta wrong', 'nothing', 'nada', ''],
};

describe('collectFeedback', () => {
  it('stores every completion with what became of it, as the editor would', async () => {
    const store = openStore();
    const tally = await collect(store, everyReaction);
    const told = store.completions().map((record) => {
      const { text, outcome, evidence, survival, finalText } = record;
      const shares = survival.map(({ survivalShare }) => survivalShare);
      return { text, ended: [outcome?.kind, evidence?.kind], shares, finalText, label: labelOutcome(record) };
    });
    const whole = [1, 1, 1, 1];
    const refused = { kind: 'refused' };
    expect(told).toMatchObject([
      {
        text: 'alpha one',
        ended: ['accepted', 'command'],
        shares: whole,
        finalText: 'alpha one',
        label: { kind: 'kept', keptShare: 1 },
      },
      {
        text: 'beta wrong',
        ended: ['acceptedPartly', 'command'],
        shares: whole,
        finalText: 'beta two',
        label: { kind: 'kept', keptShare: 0.5 },
      },
      { text: 'nothing', ended: ['typedOver', 'text'], shares: [], finalText: 'gamma three', label: refused },
      { text: 'nada', ended: ['dismissed', 'command'], shares: [], finalText: 'delta four', label: refused },
      { text: '', ended: [undefined, undefined], finalText: 'last five', label: { kind: 'none' } },
    ]);
    expect(store.counts().nothingOffered).toEqual({ silence: 1 });
    expect(tally).toEqual({ asked: 5, shown: 4, accepted: 1, keptChars: 14, typedChars: 52 });
  });

  it('leaves examples of every kind to learn from', async () => {
    const store = openStore();
    await collect(store, { ...everyReaction, habits: { ...habits, rankEvery: 3 } });
    const { demonstrations, preferenceGroups, prompts } = buildExamples(store, [], {
      heldOutShare: 0,
      maxWindows: 0,
      seed: 1,
    });
    expect(demonstrations.length).toBeGreaterThan(0);
    expect(prompts.length).toBe(5);
    const evidence = new Set(preferenceGroups.flatMap(({ pairs }) => pairs.map((pair) => pair.evidence)));
    expect(evidence).toEqual(new Set(['behaviour', 'ranking']));
  });

  it('makes demonstrations of lines in which the policy was not asked', async () => {
    const store = openStore();
    await collect(store, { ...everyReaction, habits: { ...habits, asking: { kind: 'lines', share: 0 } } });
    expect(store.demonstrations().map(({ text, source }) => [text, source])).toEqual(
      ['alpha one', 'beta two', 'gamma three', 'delta four', 'last five'].map((text) => [text, 'typed']),
    );
  });

  it('keeps what may not be stored out of the store', async () => {
    const store = openStore();
    const secret = 'apiKey = "9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"\n';
    await collect(store, { typedTexts: [secret, 'other text\n'], turns: ['wrong'] });
    expect(store.completions().map(({ documentUri }) => documentUri)).toEqual([
      'file:///project/0.ts',
      'file:///project/1.ts',
    ]);
    expect(store.completions().map(({ finalText }) => finalText)).toEqual([undefined, 'other text']);
    expect(store.counts().notStored).toHaveProperty('secretInText');
  });

  it('gives the same store for the same work and seed', async () => {
    const replayed = {
      typedTexts: ['const a = b(c);\nconst d = e(f);\n'.repeat(2), 'return a + d;\n'.repeat(3)],
      turns: ['b(c', 'wrong', ['a', 'b', 'c(', 'd'], ''],
    };
    const contentFor = async (seed: number) => {
      const store = new MemoryFeedbackStore();
      await collect(store, {
        ...replayed,
        habits: { ...habits, seed, asking: { kind: 'lines', share: 0.9 }, rankEvery: 3 },
      });
      return contentOf(store);
    };
    const first = await contentFor(1);
    expect(first.completions.length).toBeGreaterThan(3);
    expect(first.rankings.length).toBeGreaterThan(0);
    expect(await contentFor(1)).toEqual(first);
    expect(await contentFor(2)).not.toEqual(first);
  });

  it('adds nothing when the same work is replayed into the same store again', async () => {
    const store = openStore();
    await collect(store, everyReaction);
    const first = contentOf(store);
    await collect(store, everyReaction);
    expect(contentOf(store)).toEqual(first);
  });

  it('adds other work to what is there', async () => {
    const store = openStore();
    await collect(store, everyReaction);
    await collect(store, { ...everyReaction, typedTexts: ['other text\n'] });
    expect(store.completions()).toHaveLength(6);
  });

  it('ends with what the store throws', async () => {
    const store = new MemoryFeedbackStore();
    store.addCompletion = () => {
      throw storeError('diskFull', 'feedback.sqlite');
    };
    await expect(collect(store, everyReaction)).rejects.toMatchObject({ reason: 'diskFull' });
  });

  it('ends when it is cancelled, with everything stored that happened before', async () => {
    const store = openStore();
    const controller = new AbortController();
    const collecting = collect(store, {
      ...everyReaction,
      signal: controller.signal,
      onAsked: ({ asked }) => {
        if (asked === 2) controller.abort();
      },
    });
    await expect(collecting).rejects.toThrow(/abort/i);
    expect(store.completions().map(({ text }) => text)).toEqual(['alpha one', 'beta wrong']);
  });
});
