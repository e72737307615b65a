import { describe, expect, it } from 'vitest';
import { buildExamples, splitExamples } from '../../../src/trainer/data/dataset.ts';
import { inEnglish } from '../../../src/sentences/sentence.ts';
import { importRow } from '../../../src/trainer/data/importTrl.ts';
import type { ImportedRecord } from '../../../src/feedback/completionRecord.ts';
import { pairShares } from '../../../src/trainer/data/examples.ts';
import { preferenceSequences } from '../../../src/trainer/data/exampleTokens.ts';
import { defaultHyperparameters } from '../../../src/trainer/hyperparameters.ts';
import { pairwiseLoss } from '../../../src/trainer/stages/preferenceLoss.ts';
import { pairWeights } from '../../../src/trainer/stages/rewardModel.ts';
import {
  jsonLines,
  markedPrompt,
  plainPrompt,
  trlFormats,
  trlRows,
  type RenderPrompt,
} from '../../../src/trainer/data/trlRows.ts';
import { elsewhere } from '../../support/elsewhere.ts';
import { FakeTokenizer } from '../../support/fakeTokenizer.ts';
import { askedAt, completion, demonstration, ranking, recordsOf, refusedFor } from '../feedbackRecords.ts';

const source = { fileName: 'team.jsonl', importedAtMs: 5 };

function recordOf(row: unknown): ImportedRecord {
  const line = importRow(row, source);
  if (line.kind === 'refused') throw new Error(inEnglish(line.why));
  return line.record;
}

const own = {
  demonstrations: [demonstration(askedAt('let typed = █z', 1), 'typed;')],
  completions: [completion(askedAt('b█z', 2), 'bad', refusedFor('good'))],
  rankings: [
    ranking(askedAt('c█z', 3), [
      ['x', 1],
      ['y', 2],
    ]),
  ],
};

/** Own work that can be held out: in the document `held.ts`, later than all that is imported. */
const newest = demonstration(askedAt('let answer = █', 9, 'file:///held.ts'), 'fortyTwo();');

describe('a round trip', () => {
  const { training } = splitExamples(recordsOf(own), { heldOutShare: 0 });
  const renders: [string, RenderPrompt][] = [
    ['plain', plainPrompt],
    ['marked', markedPrompt],
  ];

  it.each(trlFormats.flatMap((format) => renders.map(([name, render]) => ({ format, name, render }))))(
    'of $format rows with $name prompts gives the same rows again',
    ({ format, render }) => {
      const rows = jsonLines(trlRows(format, training, render))
        .trimEnd()
        .split('\n');
      const imported = rows.map((row) => recordOf(JSON.parse(row)));
      const again = splitExamples(recordsOf({ imported }), { heldOutShare: 0 }).training;
      // The newest of what is said of one prompt comes first, so the order of its pairs may turn round.
      const rowsAgain = jsonLines(trlRows(format, again, render))
        .trimEnd()
        .split('\n');
      expect(rowsAgain.toSorted()).toEqual(rows.toSorted());
    },
  );

  it('adds nothing where the same is stored already', () => {
    const imported = trlFormats
      .flatMap((format): object[] => trlRows(format, training, plainPrompt))
      .map((row) => recordOf(row));
    const both = splitExamples(recordsOf({ ...own, imported }), { heldOutShare: 0 }).training;
    const texts = ({ preferenceGroups }: typeof both) =>
      preferenceGroups.map((group) =>
        group.pairs.map(({ better, worse }) => [group.texts[better]!.text, group.texts[worse]!.text]),
      );
    expect(both.demonstrations).toHaveLength(training.demonstrations.length);
    expect(both.prompts).toHaveLength(training.prompts.length);
    expect(texts(both).map((pairs) => pairs.length)).toEqual(texts(training).map((pairs) => pairs.length));
  });
});

describe('a row', () => {
  it('of others needs only TRL’s own columns, and others may be null', () => {
    const record = recordOf({ prompt: 'a = ', completion: '1', weight: null, topic: 'x' });
    expect(record).toMatchObject({
      ...{ atMs: 0, documentUri: 'attune-import:team.jsonl', prefix: 'a = ', suffix: '' },
      ...{ importedFrom: 'team.jsonl', example: { kind: 'prompt-completion', completion: '1', weight: 1 } },
    });
  });

  it('is the same record whenever it is read', () => {
    const row = { prompt: 'a = ', completion: '1' };
    expect(recordOf(row).id).toBe(recordOf({ ...row }).id);
    expect(recordOf(row).id).not.toBe(recordOf({ ...row, completion: '2' }).id);
    const pair = { prompt: 'a = ', chosen: '1', rejected: '2' };
    expect(recordOf({ ...pair, weight: 0.25, group_id: 'g' }).id).toBe(recordOf(pair).id);
  });

  it.each([
    ['a number', 3, /no JSON object/],
    ['a conversation', { prompt: [{ role: 'user', content: 'hi' }], completion: [] }, /conversation/],
    ['an implicit conversation', { chosen: [{ role: 'user', content: 'hi' }], rejected: [] }, /conversation/],
    ['no prompt', { completion: 'ab' }, /no text in the column prompt/],
    ['no common beginning', { prompt: null, chosen: 'ab', rejected: 'c' }, /do not begin alike with one/],
    [
      'a weight of none',
      { chosen: 'ab', rejected: 'ac', weight: 0 },
      /column weight holds 0; it takes a number above 0, at most 1\.$/,
    ],
    ['half a pair', { prompt: 'a', chosen: 'b' }, /\(prompt, chosen\) are none of TRL’s shapes/],
    [
      'too large a weight',
      { prompt: 'a', completion: 'b', weight: 2.5 },
      /column weight holds 2\.5; it takes/,
    ],
    [
      'a number as its label',
      { prompt: 'a', completion: 'b', label: 0 },
      /label holds 0; it takes true or false/,
    ],
    [
      'a word as its time',
      { prompt: 'a', at_ms: 'today' },
      /at_ms holds "today"; it takes a number from 0 on/,
    ],
    ['a number as a text', { prompt: 'a', completion: 5 }, /column completion holds 5; it takes text\.$/],
  ])('with %s is refused and told why', (_, row, why) => {
    const line = importRow(row, source);
    expect(line.kind === 'refused' && inEnglish(line.why)).toMatch(why);
  });

  it('of two texts without a prompt has what they begin with alike as its prompt, as whole letters', () => {
    expect(recordOf({ prompt: null, chosen: 'a = one;', rejected: 'a = other;' })).toMatchObject({
      ...{ prefix: 'a = o', offset: 5 },
      example: { kind: 'preference', chosen: 'ne;', rejected: 'ther;' },
    });
    // U+1F30D and U+1F30E share their first code unit.
    expect(recordOf({ chosen: 'a \u{1F30D}', rejected: 'a \u{1F30E}' }).prefix).toBe('a ');
  });

  it('of another system keeps its place', () => {
    const document = `${elsewhere}/a.ts`;
    const row = { prompt: 'a', completion: 'b', at_ms: 7, document };
    expect(recordOf(row)).toMatchObject({ atMs: 7, documentUri: document });
  });

  it('without a sound document has no place of its own', () => {
    const row = { prompt: 'a', completion: 'b', at_ms: 7, document: 'file:///%2f' };
    expect(recordOf(row)).toMatchObject({ atMs: 0, documentUri: 'attune-import:team.jsonl' });
  });
});

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => recordOf({ prompt: `p${i} `, completion: `c${i}` }));

describe('what is imported without time or document', () => {
  it('is never held out, however much of it there is', () => {
    const { heldOut, training } = splitExamples(
      recordsOf({ demonstrations: [...own.demonstrations, newest], imported: rowsOf(100) }),
      { heldOutShare: 0.5 },
    );
    expect(heldOut.demonstrations.map(({ recordId }) => recordId)).toEqual([newest.id]);
    expect(training.demonstrations).toHaveLength(101);
  });

  it('is withheld where it holds a held-out prompt or a held-out line', () => {
    const imported = [
      recordOf({ prompt: newest.prefix, completion: 'other' }),
      recordOf({ prompt: newest.prefix, chosen: 'other', rejected: 'another' }),
      recordOf({ prompt: 'x\n', completion: `${newest.prefix}${newest.text}` }),
      recordOf({ prompt: 'x\n', completion: 'unheardOf();' }),
    ];
    const { heldOut, training, withheld } = splitExamples(
      recordsOf({ demonstrations: [...own.demonstrations, newest], imported }),
      { heldOutShare: 0.5 },
    );
    expect(heldOut.demonstrations.map(({ text }) => text)).toEqual([newest.text]);
    expect(heldOut.preferenceGroups).toEqual([]);
    expect(training.demonstrations.map(({ text }) => text)).toEqual(['typed;']);
    expect(withheld).toBe(4);
  });

  it('is learned from as one group with what is known of the same prompt', () => {
    const imported = [recordOf({ prompt: 'b', suffix: 'z', chosen: 'better', rejected: 'bad' })];
    const { training } = splitExamples(recordsOf({ ...own, imported }), { heldOutShare: 0 });
    const groups = training.preferenceGroups.filter(({ prefix }) => prefix === 'b');
    expect(groups).toHaveLength(1);
    expect(groups[0]!.texts.map(({ text }) => text).sort()).toEqual(['', 'bad', 'better', 'good']);
  });
});

describe('the weight of an imported row', () => {
  const pair = { prompt: 'q = ', chosen: 'one', rejected: 'two' };
  const label = { prompt: 'q = ', completion: 'one', label: true };
  const groupsOf = (...rows: object[]) =>
    splitExamples(recordsOf({ imported: rows.map(recordOf) }), { heldOutShare: 0 }).training.preferenceGroups;
  const sharesOf = (...rows: object[]) => groupsOf(...rows).map(({ pairs }) => pairShares(pairs));

  it.each([
    ['a quarter of a prompt for a preference', [{ ...pair, weight: 0.25 }], [[0.25]]],
    ['a quarter of a prompt for a label', [{ ...label, weight: 0.25 }], [[0.25]]],
    ['a whole prompt where there is none', [pair], [[1]]],
    [
      'an equal share where there is none among several',
      [pair, { ...pair, rejected: 'three' }],
      [[0.5, 0.5]],
    ],
    [
      'no more than a prompt together',
      [
        { ...pair, weight: 1 },
        { ...pair, rejected: 'three', weight: 1 },
      ],
      [[0.5, 0.5]],
    ],
  ])('is %s', (_, rows, shares) => {
    expect(sharesOf(...rows)).toEqual(shares);
  });

  it.each(['preference', 'unpaired-preference'] as const)('is in a %s row again', (format) => {
    const row = { ...(format === 'preference' ? pair : label), weight: 0.25, group_id: 'g' };
    const training = splitExamples(recordsOf({ imported: [recordOf(row)] }), { heldOutShare: 0 }).training;
    expect(trlRows(format, training, plainPrompt)).toMatchObject([{ weight: 0.25, group_id: 'g' }]);
  });

  it('is what the reward model and DPO learn by', () => {
    const weights = (rows: object[]) => {
      const tokenisation = { tokenizer: new FakeTokenizer(), maxPromptTokens: 64, maxNewTokens: 8 };
      const [group] = preferenceSequences(groupsOf(...rows), tokenisation, defaultHyperparameters.reward);
      const { loss } = pairwiseLoss([1, 0], group!.pairs, {
        ...{ labelSmoothing: 0, centring: 0 },
        shares: group!.shares,
      });
      const inGraph = pairWeights({ ...group!, labelSmoothing: 0 }, 2, 1);
      return { loss, inGraph: Math.max(...inGraph) };
    };
    const [whole, quarter] = [weights([pair]), weights([{ ...pair, weight: 0.25 }])];
    expect(whole.inGraph).toBe(1);
    expect(quarter.inGraph).toBe(0.25);
    expect(quarter.loss).toBeCloseTo(whole.loss / 4, 12);
  });
});

describe('the group of an imported row', () => {
  it('keeps texts of one prompt apart that were not compared, on one side of the split', () => {
    const row = (group_id: string, chosen: string, rejected: string) =>
      recordOf({ prompt: 'q = ', chosen, rejected, group_id });
    const imported = [row('a', 'one', 'two'), row('a', 'one', 'three'), row('b', 'two', 'one')];
    const { preferenceGroups } = splitExamples(recordsOf({ imported }), { heldOutShare: 0 }).training;
    const texts = preferenceGroups.map(({ pairs, texts: of }) =>
      pairs.map(({ better, worse }) => `${of[better]!.text} ${of[worse]!.text}`).sort(),
    );
    expect(texts).toEqual([['one three', 'one two'], ['two one']]);
    expect(new Set(preferenceGroups.map(({ promptKey }) => promptKey)).size).toBe(1);
  });
});

it('is learned from by the adapter, unlike what is held out', () => {
  const imported = rowsOf(3);
  const records = recordsOf({ demonstrations: [...own.demonstrations, newest], imported });
  const { learnedFrom } = buildExamples(records, [], { heldOutShare: 0.5, maxWindows: 0, seed: 1 });
  expect(learnedFrom).toEqual([own.demonstrations[0]!.id, ...imported.map(({ id }) => id)]);
});

it('may be held out where time and document are known', () => {
  const imported = [recordOf({ prompt: 'n', completion: 'new();', at_ms: 9e12, document: 'file:///n.ts' })];
  const { heldOut } = splitExamples(recordsOf({ ...own, imported }), { heldOutShare: 0.3 });
  expect(heldOut.demonstrations.map(({ text }) => text)).toEqual(['new();']);
});

it('writes weights with a decimal point, and texts as they are', () => {
  const text = '{"weight":1}';
  expect(jsonLines([{ completion: text, weight: 1 }, { weight: 0.5 }])).toBe(
    `{"completion":${JSON.stringify(text)},"weight":1.0}\n{"weight":0.5}\n`,
  );
});
