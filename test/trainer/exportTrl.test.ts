import { describe, expect, it } from 'vitest';
import { buildExamples } from '../../src/trainer/dataset.ts';
import { trlFiles } from '../../src/trainer/exportTrl.ts';
import { askedAt, completion, demonstration, ranking, recordsOf, refusedFor } from './feedbackRecords.ts';

describe('trlFiles', () => {
  const examples = buildExamples(
    recordsOf({
      demonstrations: [demonstration(askedAt('a█z', 1), 'typed')],
      completions: [completion(askedAt('b█z', 2), 'bad', refusedFor('good'))],
      rankings: [
        ranking(askedAt('c█z', 3), [
          ['x', 1],
          ['y', 2],
          ['w', 2],
        ]),
      ],
    }),
    [],
    { heldOutShare: 0, maxPlaces: 0, seed: 1 },
  );
  const files = trlFiles(examples, ({ prefix, suffix }) => `${suffix}<|middle|>${prefix}`);
  const rowsOf = (name: keyof typeof files) =>
    files[name]
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as object);

  it('writes demonstrations as prompt and completion', () => {
    expect(rowsOf('sft.jsonl')).toMatchObject([
      { prompt: 'z<|middle|>a', completion: 'typed' },
      { prompt: 'z<|middle|>b', completion: 'good' },
    ]);
  });

  it('writes a ranking as its pairs, which keep their group', () => {
    const [b, c] = examples.preferenceGroups.map(({ promptKey }) => promptKey);
    expect(rowsOf('preference.jsonl')).toMatchObject([
      { prompt: 'z<|middle|>b', chosen: 'good', rejected: '', group_id: b },
      { prompt: 'z<|middle|>b', chosen: 'good', rejected: 'bad', group_id: b },
      { prompt: 'z<|middle|>b', chosen: '', rejected: 'bad', group_id: b },
      { prompt: 'z<|middle|>c', chosen: 'x', rejected: 'y', group_id: c },
      { prompt: 'z<|middle|>c', chosen: 'x', rejected: 'w', group_id: c },
    ]);
  });

  it('writes what was compared with silence as labels', () => {
    expect(rowsOf('kto.jsonl')).toMatchObject([
      { prompt: 'z<|middle|>b', completion: 'good', label: true },
      { prompt: 'z<|middle|>b', completion: 'bad', label: false },
    ]);
  });

  it('writes every prompt once', () => {
    expect(rowsOf('prompts.jsonl')).toHaveLength(3);
  });
});
