import { expect, it } from 'vitest';
import { rowOf } from '../../../bench/learning/rows.ts';
import type { JudgedAnswer } from '../../../src/cli/replay/replayedDeveloper.ts';
import type { CompletionId, CompletionResult } from '../../../src/completion/completion.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';

const id = '1' as CompletionId;
const written = {
  promptTokens: [],
  typedText: '',
  completionTokens: [],
  behaviourLogProbs: [],
  freeFrom: 0,
  temperature: 0,
};
const offer = (text: string): CompletionResult => ({
  ...{ kind: 'completion', id, policyId: 'p' as PolicyId, text, replacedChars: 0, written, latencyMs: 9 },
});
const answer = (result: CompletionResult, taken: JudgedAnswer['taken']): JudgedAnswer => ({
  ...{ documentUri: 'file:///a.py', offset: 3, written: 'return x\nreturn y\n', result, taken },
});

it.each<[what: string, answer: JudgedAnswer, row: object]>([
  [
    'what was taken line by line',
    answer(offer('return x\nreturn z'), { kind: 'lines', acceptedChars: 9 }),
    {
      offered: 'return x\nreturn z',
      taken: 'lines',
      keptChars: 9,
      restOfLine: 'return x\n',
      typedChars: 9,
    },
  ],
  [
    'what was written on the lines that it is kept on',
    answer(offer('return x\nreturn'), { kind: 'all', acceptedChars: 15 }),
    { keptChars: 15, restOfLine: 'return x\n', typedChars: 18 },
  ],
  [
    'what was taken word by word',
    answer(offer('return z'), { kind: 'words', acceptedChars: 7 }),
    { taken: 'words', keptChars: 7, typedChars: 9 },
  ],
  [
    'why nothing was offered',
    answer({ kind: 'none', id, reason: 'silence' }, { kind: 'nothing', acceptedChars: 0 }),
    { offered: '', reason: 'silence', taken: 'nothing', keptChars: 0 },
  ],
])('keeps %s', (_, judged, row) =>
  expect(rowOf(judged, 12)).toMatchObject({ ...row, offset: 3, latencyMs: 12 }),
);
