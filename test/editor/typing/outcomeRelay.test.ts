import { describe, expect, it } from 'vitest';
import type { CompletionId } from '../../../src/completion/completion.ts';
import { OutcomeRelay } from '../../../src/editor/typing/outcomeRelay.ts';
import type { FeedbackSink } from '../../../src/feedback/storing/feedbackStore.ts';

const id = '1' as CompletionId;
const written = {
  ...{ promptTokens: [], typedText: '', completionTokens: [], behaviourLogProbs: [] },
  ...{ freeFrom: 0, temperature: 0 },
};
const report = {
  id,
  outcome: { kind: 'accepted' },
  evidence: { kind: 'text', why: '' },
  shownMs: 1,
} as const;

function recordingSink(calls: string[]): FeedbackSink {
  return {
    addCompletion: () => calls.push('addCompletion'),
    addDemonstration: () => calls.push('addDemonstration'),
    growCompletion: (_, uri) => calls.push(`growCompletion of ${uri}`),
    setOutcome: () => calls.push('setOutcome'),
    addSurvival: () => calls.push('addSurvival'),
    setFinalText: (_id, _text, uri) => calls.push(`setFinalText of ${uri}`),
    countNothingOffered: () => calls.push('countNothingOffered'),
  };
}

function tellAll(relay: FeedbackSink): void {
  relay.setOutcome(report);
  relay.addSurvival(id, { afterMs: 30_000, survivalShare: 1 });
  relay.setFinalText(id, 'x', 'file:///a.ts');
  relay.countNothingOffered('silence');
  relay.growCompletion({ id, text: 'x', written }, 'file:///a.ts');
}

describe('OutcomeRelay', () => {
  it('tells this session and passes on what it hears', () => {
    const calls: string[] = [];
    const listener = { outcome: () => calls.push('outcome'), survival: () => calls.push('survival') };
    tellAll(new OutcomeRelay((tell) => tell(recordingSink(calls)), listener));
    expect(calls).toEqual([
      ...['outcome', 'setOutcome', 'survival', 'addSurvival'],
      ...['setFinalText of file:///a.ts', 'countNothingOffered', 'growCompletion of file:///a.ts'],
    ]);
  });

  it('passes nothing on while nothing may be stored, and still tells this session', () => {
    const calls: string[] = [];
    const listener = { outcome: () => calls.push('outcome'), survival: () => calls.push('survival') };
    let isOn = false;
    const relay = new OutcomeRelay((tell) => {
      if (isOn) tell(recordingSink(calls));
    }, listener);
    tellAll(relay);
    expect(calls).toEqual(['outcome', 'survival']);
    isOn = true;
    relay.setFinalText(id, 'x', 'file:///a.ts');
    expect(calls.at(-1)).toBe('setFinalText of file:///a.ts');
  });
});
