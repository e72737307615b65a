import { describe, expect, it } from 'vitest';
import type { CompletionId, CompletionRequest, CompletionResult } from '../../src/completion/completion.ts';
import { completeAt } from '../../src/completion/completeAt.ts';
import { Completer, type CompleterSettings, type WantedPlace } from '../../src/completion/completer.ts';
import { CompletionCache } from '../../src/completion/completionCache.ts';
import { RefusedTexts } from '../../src/completion/refusedTexts.ts';
import type { PolicyId } from '../../src/engine/policy.ts';
import { cursorText } from '../support/cursorText.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { ScriptedPolicy } from '../support/fakePolicy.ts';

const open = new AbortController().signal;

/** A completer whose policy writes `foo();`, with everything around it in reach. */
class Desk {
  readonly clock = new FakeClock(1_000_000);
  readonly policy = new ScriptedPolicy(['foo();']);
  readonly requests: CompletionRequest[] = [];
  readonly completer: Completer;

  constructor(settings: Partial<CompleterSettings> = {}, answer?: () => Promise<CompletionResult>) {
    let ids = 0;
    const defaults = {
      isEnabled: true,
      languages: {},
      debounceMs: 100,
      maxPromptTokens: 200,
      maxNewTokens: 50,
    };
    this.completer = new Completer({
      complete: (request, signal) => {
        this.requests.push(request);
        return answer?.() ?? completeAt(request, this.policy, signal);
      },
      clock: this.clock,
      cache: new CompletionCache(),
      refused: new RefusedTexts(this.clock),
      settings: () => ({ ...defaults, ...settings }),
      newId: () => `c${++ids}` as CompletionId,
    });
    this.completer.setPolicy(this.policy.id);
  }

  placeAt(marked: string, trigger: 'automatic' | 'invoked' = 'automatic'): WantedPlace {
    const context = cursorText(marked);
    return {
      ...context,
      offset: context.prefix.length,
      documentUri: 'file:///a.ts',
      languageId: 'typescript',
      trigger,
    };
  }

  /** Asks, and lets the debounce time pass. */
  ask(marked: string, trigger?: 'automatic' | 'invoked'): Promise<CompletionResult> {
    const result = this.completer.completeAt(this.placeAt(marked, trigger), open);
    this.clock.advanceBy(100);
    return result;
  }
}

function textOf(result: CompletionResult): string {
  return result.kind === 'completion' ? result.text : result.reason;
}

describe('Completer', () => {
  it('asks the policy once typing has rested', async () => {
    const desk = new Desk();
    const result = desk.completer.completeAt(desk.placeAt('a = █'), open);
    desk.clock.advanceBy(99);
    expect(desk.requests).toHaveLength(0);
    desk.clock.advanceBy(1);
    expect(textOf(await result)).toBe('foo();');
    expect(desk.requests).toMatchObject([
      { id: 'c1', count: 1, temperature: 0, maxPromptTokens: 200, maxNewTokens: 50 },
    ]);
  });

  it('asks at once when the user asks', async () => {
    const desk = new Desk();
    expect(textOf(await desk.completer.completeAt(desk.placeAt('a = █', 'invoked'), open))).toBe('foo();');
  });

  it('asks at once when no rest is wanted', async () => {
    const desk = new Desk({ debounceMs: 0 });
    expect(textOf(await desk.completer.completeAt(desk.placeAt('a = █'), open))).toBe('foo();');
  });

  it('ends a request that still rests when a newer one comes', async () => {
    const desk = new Desk();
    const first = desk.completer.completeAt(desk.placeAt('a =█'), open);
    const second = desk.ask('a = █');
    expect([textOf(await first), textOf(await second)]).toEqual(['cancelled', 'foo();']);
    expect(desk.requests).toHaveLength(1);
    expect(desk.clock.pendingTimers).toBe(0);
  });

  it('ends a request that the policy works on when a newer one comes', async () => {
    let answer: (result: CompletionResult) => void = () => undefined;
    const late = new Promise<CompletionResult>((resolve) => (answer = resolve));
    const desk = new Desk({ debounceMs: 0 }, () => late);
    const first = desk.completer.completeAt(desk.placeAt('a =█'), open);
    const second = desk.completer.completeAt(desk.placeAt('a = █'), open);
    answer({ kind: 'none', id: 'c9' as CompletionId, reason: 'silence' });
    expect([textOf(await first), textOf(await second)]).toEqual(['cancelled', 'silence']);
  });

  it('ends a request that the editor cancels', async () => {
    const desk = new Desk();
    const cancel = new AbortController();
    const result = desk.completer.completeAt(desk.placeAt('a = █'), cancel.signal);
    cancel.abort();
    expect(textOf(await result)).toBe('cancelled');
    expect(desk.clock.pendingTimers).toBe(0);
  });

  it('ends what is under way when it is disposed', async () => {
    const desk = new Desk();
    const result = desk.completer.completeAt(desk.placeAt('a = █'), open);
    desk.completer.dispose();
    expect(textOf(await result)).toBe('cancelled');
  });

  it('answers at once, under the same id, while the user types the text', async () => {
    const desk = new Desk();
    const whole = await desk.ask('a = █');
    const rest = await desk.completer.completeAt(desk.placeAt('a = fo█'), open);
    expect([rest.id, textOf(rest)]).toEqual([whole.id, 'o();']);
    expect(desk.requests).toHaveLength(1);
  });

  it('never serves the text of another policy', async () => {
    const desk = new Desk();
    await desk.ask('a = █');
    desk.completer.setPolicy('scripted+1' as PolicyId);
    await desk.ask('a = █');
    desk.completer.setPolicy('scripted' as PolicyId);
    await desk.ask('a = █');
    expect(desk.requests).toHaveLength(3);
  });

  it('keeps its answers while the policy stays', async () => {
    const desk = new Desk();
    await desk.ask('a = █');
    desk.completer.setPolicy(desk.policy.id);
    await desk.ask('a = █');
    expect(desk.requests).toHaveLength(1);
  });

  it('does not offer again what was just refused, unless it is asked for', async () => {
    const desk = new Desk();
    await desk.ask('a = █');
    desk.completer.noteRefused({ ...desk.placeAt('a = █') }, 'foo();');
    expect(await desk.ask('a = █')).toMatchObject({ reason: 'justRefused', policyId: 'scripted', id: 'c1' });
    expect(textOf(await desk.ask('a = █', 'invoked'))).toBe('foo();');
  });

  it('holds back for a user who keeps refusing, until one is accepted', async () => {
    const desk = new Desk();
    for (let i = 0; i < 3; i++) desk.completer.noteRefused(desk.placeAt('b = █'), `bar${i}`);
    const slow = desk.ask('a = █');
    expect(desk.requests).toHaveLength(0);
    desk.clock.advanceBy(250);
    expect(textOf(await slow)).toBe('foo();');
    desk.completer.noteAccepted();
    expect(textOf(await desk.ask('c = █'))).toBe('foo();');
  });

  it('asks nobody where nothing may be offered', async () => {
    expect(textOf(await new Desk({ isEnabled: false }).ask('a = █'))).toBe('disabled');
    const desk = new Desk();
    expect(textOf(await desk.ask('con█st'))).toBe('midWord');
    desk.completer.setPolicy(undefined);
    expect(textOf(await desk.ask('a = █'))).toBe('modelNotReady');
    expect(desk.requests).toHaveLength(0);
  });

  it('counts why nothing was offered', async () => {
    const desk = new Desk();
    await desk.ask('con█st');
    await desk.ask('con█st');
    await desk.ask('a = █');
    desk.completer.setPolicy(undefined);
    await desk.ask('a = █');
    expect(Object.fromEntries(desk.completer.counts)).toEqual({ midWord: 2, modelNotReady: 1 });
  });

  it('lets a failure of the policy through to its caller', async () => {
    const desk = new Desk({ debounceMs: 0 }, () => Promise.reject(new Error('engine gone')));
    await expect(desk.ask('a = █')).rejects.toThrow('engine gone');
  });
});
