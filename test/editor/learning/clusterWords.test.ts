import { describe, expect, it } from 'vitest';
import { jobLine, previewText, rowsOf } from '../../../src/editor/learning/clusterWords.ts';

const exports = [
  {
    folder: '/data/export',
    files: [
      { name: 'config.yaml', bytes: 900 },
      { name: 'sft.jsonl', bytes: 12_300, rows: 40 },
    ],
  },
  { folder: '/from/grace', files: [{ name: 'sft.jsonl', bytes: 100, rows: 2 }] },
];

describe('what would travel', () => {
  it('is named file by file, each person’s on their own', () => {
    expect(rowsOf(exports)).toBe(42);
    expect(previewText(exports, 'ppo')).toMatch(
      /^Your own work:\nconfig\.yaml: 1 kB\nsft\.jsonl: 40 rows, 13 kB\n\n\/from\/grace\nsft\.jsonl: 2 rows, 1 kB\n\n/,
    );
  });
});

describe('how is trained on a cluster', () => {
  it.each([
    [
      'ppo',
      /\n\nPPO follows there after supervised fine-tuning, as the setting attune\.retrainMethod says\.\n/,
    ],
    ['dpo', /\n\nDPO follows there after supervised fine-tuning, as the setting/],
    ['kto', /\n\nKTO follows there after supervised fine-tuning, as the setting/],
  ] as const)('is named where what would travel is, for %s', (method, line) => {
    expect(previewText(exports, method)).toMatch(line);
  });
});

describe('how far a job is', () => {
  const progress = { stage: 'dpo', step: 3, totalSteps: 9, numbers: { loss: 0.5 } };
  it.each([
    [{ status: 'PENDING' }, 'Waiting for the cluster to begin'],
    [{ status: 'RUNNING' }, 'The cluster makes ready'],
    [{ status: 'RUNNING', progress }, 'Learning what you prefer (dpo 3 of 9, loss 0.50)'],
    [{ status: 'RUNNING', progress: { ...progress, stage: 'new', numbers: {} } }, 'new (new 3 of 9)'],
  ])('is told in a line: %j', (state, line) => {
    expect(jobLine(state)).toBe(line);
  });
});
