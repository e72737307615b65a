import { describe, expect, it } from 'vitest';
import { buildExamples } from '../../../src/trainer/data/dataset.ts';
import { trlRows, type TrlFormat } from '../../../src/trainer/data/trlRows.ts';
import { askedAt, completion, demonstration, ranking, recordsOf, refusedFor } from '../feedbackRecords.ts';

describe('rows for TRL', () => {
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
    { heldOutShare: 0, maxWindows: 0, seed: 1 },
  );
  const rowsOf = (format: TrlFormat) =>
    trlRows(format, examples, ({ prefix, suffix }) => `${suffix}<|middle|>${prefix}`);

  it('have demonstrations as prompt and completion', () => {
    expect(rowsOf('prompt-completion')).toMatchObject([
      { prompt: 'z<|middle|>a', completion: 'typed' },
      { prompt: 'z<|middle|>b', completion: 'good' },
    ]);
  });

  it('have a ranking as its pairs, which keep their group', () => {
    const [b, c] = examples.preferenceGroups.map(({ promptKey }) => promptKey);
    expect(rowsOf('preference')).toMatchObject([
      { prompt: 'z<|middle|>b', chosen: 'good', rejected: '', group_id: b },
      { prompt: 'z<|middle|>b', chosen: 'good', rejected: 'bad', group_id: b },
      { prompt: 'z<|middle|>b', chosen: '', rejected: 'bad', group_id: b },
      { prompt: 'z<|middle|>c', chosen: 'x', rejected: 'y', group_id: c },
      { prompt: 'z<|middle|>c', chosen: 'x', rejected: 'w', group_id: c },
    ]);
  });

  it('have what was compared with silence as labels', () => {
    expect(rowsOf('unpaired-preference')).toMatchObject([
      { prompt: 'z<|middle|>b', completion: 'good', label: true },
      { prompt: 'z<|middle|>b', completion: 'bad', label: false },
    ]);
  });

  it('have every prompt once', () => {
    expect(rowsOf('prompt-only')).toHaveLength(3);
  });
});
