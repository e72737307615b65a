import { expect, it } from 'vitest';
import { reportActions } from '../../../src/editor/learning/reportActions.ts';
import type { AdapterId } from '../../../src/engine/policy.ts';
import { wholeRun } from '../../report/sampleRun.ts';

const { adapterId, baseModelId, verdict } = wholeRun();
const [refused, other] = [{ ...verdict, promoted: false }, 'other' as AdapterId];

it.each([
  ['rolls back from the adapter that serves', verdict, adapterId, 'rollBack', 'This adapter serves now.'],
  [
    'rolls back from one that serves against its verdict',
    refused,
    adapterId,
    'rollBack',
    'This adapter serves now.',
  ],
  ['lets one serve again that was promoted', verdict, undefined, 'serve', 'The base model serves now.'],
  ['says who serves instead', verdict, other, 'serve', 'Adapter other serves now.'],
  ['offers nothing for one that was not promoted', refused, other, undefined, 'Adapter other serves now.'],
])('%s', (_, verdictOfIt, servingId, action, sentence) => {
  const report = { adapterId, baseModelId, verdict: verdictOfIt };
  const actions = reportActions(report, { servingId, model: baseModelId });
  expect([actions.sentence, actions.button?.action]).toEqual([sentence, action]);
});

it('offers nothing for one of another model', () => {
  const now = { servingId: undefined, model: 'another' };
  expect(reportActions({ adapterId, baseModelId, verdict }, now)).toEqual({
    sentence: 'The base model serves now.',
  });
});
