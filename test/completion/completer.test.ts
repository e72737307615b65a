import { describe, expect, it } from 'vitest';
import type {
  Completion,
  CompletionId,
  CompletionRequest,
  CompletionResult,
  PrepareRequest,
} from '../../src/completion/completion.ts';
import { completeAt } from '../../src/completion/completeAt.ts';
import { Completer, type CompleterOptions, type CompleterSettings } from '../../src/completion/completer.ts';
import type { WantedPlace } from '../../src/completion/wantedPlace.ts';
import { CompletionCache } from '../../src/completion/typing/completionCache.ts';
import { RefusedTexts } from '../../src/completion/asking/refusedTexts.ts';
import { VirtualClock } from '../../src/completion/virtualClock.ts';
import { calibrated, type PolicyId } from '../../src/engine/policy.ts';
import { cursorText } from '../support/cursorText.ts';
import { ScriptedPolicy } from '../support/fakePolicy.ts';

const open = new AbortController().signal;

/** A completer whose policy writes `foo();`, with everything around it in reach. */
class Desk {
  readonly clock = new VirtualClock(1_000_000);
  readonly policy = new ScriptedPolicy(['foo();']);
  readonly requests: CompletionRequest[] = [];
  readonly prepared: PrepareRequest[] = [];
  readonly completer: Completer;

  constructor(
    settings: Partial<CompleterSettings> = {},
    answer?: () => Promise<CompletionResult>,
    around: Pick<CompleterOptions, 'references' | 'related'> = {},
  ) {
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
      prepare: (request) => {
        this.prepared.push(request);
        return Promise.resolve();
      },
      ...around,
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

function barOf(i: number): Pick<Completion, 'id' | 'text'> {
  return { id: `bar ${i}` as CompletionId, text: `bar${i}` };
}

function textOf(result: CompletionResult): string {
  return result.kind === 'completion' ? result.text : result.reason;
}

describe('Completer', () => {
  it('gives the policy texts to repeat, asked for where a completion is written', async () => {
    const asked: number[] = [];
    const desk = new Desk({}, undefined, {
      references: ({ offset }) => [`open ${asked.push(offset)}`],
    });
    await desk.ask('a = █');
    await desk.ask('a = █');
    await desk.ask('a = b + █');
    expect(asked).toEqual([4, 8]);
    expect(desk.policy.requests.map(({ references }) => references?.at(-1))).toEqual(['open 1', 'open 2']);
  });

  it('shows the policy related code, the same for the places around', async () => {
    const relatedOf = (text: string) => ({ path: 'own.ts', pieces: [{ path: 'a.ts', text }] });
    let files: readonly string[] = [];
    const chosen: number[] = [];
    const desk = new Desk({ debounceMs: 0 }, undefined, {
      related: ({ offset }) =>
        files.length === 0 ? undefined : relatedOf(`${files.join()} ${chosen.push(offset)}`),
    });
    const shownAt = async (marked: string) => {
      await desk.ask(marked);
      const { related } = desk.requests.at(-1)!;
      expect(desk.prepared.at(-1)?.related).toEqual(related);
      return related?.pieces[0]?.text;
    };
    expect(await shownAt('a = █')).toBeUndefined();
    files = ['read'];
    expect(await shownAt('a = b + █')).toBe('read 1');
    expect(await shownAt('a = b + c + █')).toBe('read 1');
    const far = 'x();\n'.repeat(400);
    expect(await shownAt(`${far}a = █`)).toBe('read 2');
    expect(desk.completer.shownAt(desk.placeAt(`${far}a = b + █`)).related).toEqual(relatedOf('read 2'));
  });

  it('shows nothing of other files any more once that is turned off', async () => {
    const settings = { debounceMs: 0, projectCode: true };
    const related = () => ({ path: 'own.ts', pieces: [{ path: 'a.ts', text: 'a();' }] });
    const desk = new Desk(settings, undefined, { related });
    await desk.ask('a = █');
    settings.projectCode = false;
    await desk.ask('a = b + █');
    expect(desk.requests.map((request) => 'related' in request)).toEqual([true, false]);
    expect(desk.completer.shownAt(desk.placeAt('a = b + █'))).not.toHaveProperty('related');
  });

  it('shows nothing any more of files that were forgotten', async () => {
    let files = ['secret.ts'];
    const desk = new Desk({ debounceMs: 0 }, undefined, {
      related: () => ({ path: 'own.ts', pieces: files.map((path) => ({ path, text: 'a();' })) }),
    });
    await desk.ask('a = █');
    files = [];
    desk.completer.forgetRelated();
    await desk.ask('a = b + █');
    expect(desk.requests.map(({ related }) => related?.pieces.length)).toEqual([1, 0]);
    expect(desk.completer.shownAt(desk.placeAt('a = b + █')).related?.pieces).toEqual([]);
  });

  it('shows the code that another file has by now, where it is like the place, and stays with the rest', async () => {
    const files = { 'a.ts': 'a();', 'b.ts': 'b();' };
    let looks = 0;
    const desk = new Desk({ debounceMs: 0 }, undefined, {
      related: () => ({
        path: 'own.ts',
        pieces: [
          ...Object.entries(files).map(([path, text]) => ({ path, text })),
          { path: 'c.ts', text: `look ${(looks += 1)}` },
        ],
      }),
    });
    const { documentUri } = desk.placeAt('a = █');
    const shownAt = async (marked: string) => {
      await desk.ask(marked);
      return desk.requests
        .at(-1)!
        .related?.pieces.map(({ text }) => text)
        .join(' ');
    };
    expect(await shownAt('a = █')).toBe('a(); b(); look 1');
    files['b.ts'] = 'b2();';
    desk.completer.noteRelatedChanged({ documentUri, path: 'b.ts' });
    expect(await shownAt('a = b + █')).toBe('a(); b(); look 1');
    desk.completer.noteRelatedChanged({ documentUri: 'file:///d.ts', path: 'd.ts' });
    expect(await shownAt('a = b + c + █')).toBe('a(); b(); look 1');
    expect(looks).toBe(2);
    desk.completer.noteRelatedChanged({ documentUri: 'file:///b.ts', path: 'b.ts' });
    expect(await shownAt('a = b + c + d + █')).toBe('a(); b2(); look 3');
    expect(await shownAt('a = b + c + d + e + █')).toBe('a(); b2(); look 3');
  });

  it('writes a text anew where another file has changed, but for the one that is shown', async () => {
    const desk = new Desk({ debounceMs: 0 });
    const placeAt = (name: string) => ({ ...desk.placeAt('a = █'), documentUri: `file:///${name}.ts` });
    const isAskedAt = async (name: string) => {
      const before = desk.requests.length;
      await desk.completer.completeAt(placeAt(name), open);
      return desk.requests.length > before;
    };
    for (const name of ['own', 'other', 'shown']) expect(await isAskedAt(name)).toBe(true);
    desk.completer.noteRelatedChanged({ ...placeAt('own'), path: 'own.ts' });
    expect(await isAskedAt('own')).toBe(false);
    expect(await isAskedAt('shown')).toBe(false);
    expect(await isAskedAt('other')).toBe(true);
  });

  it('keeps no text as shown whose document the user has left for the one that changed', async () => {
    const desk = new Desk({ debounceMs: 0 });
    const placeIn = (documentUri: string, marked: string) => ({ ...desk.placeAt(marked), documentUri });
    await desk.completer.completeAt(placeIn('file:///call.ts', 'a = █'), open);
    desk.completer.noteTyped(placeIn('file:///function.ts', 'b█'));
    desk.completer.noteRelatedChanged({ documentUri: 'file:///function.ts', path: 'function.ts' });
    const before = desk.requests.length;
    await desk.completer.completeAt(placeIn('file:///call.ts', 'a = █'), open);
    expect(desk.requests.length).toBe(before + 1);
  });

  it('looks again soon where nothing was related, and not at each key', async () => {
    let looks = 0;
    const desk = new Desk({ debounceMs: 0 }, undefined, {
      related: () => ({ path: 'own.ts', pieces: looks++ === 0 ? [] : [{ path: 'a.ts', text: 'a();' }] }),
    });
    const shownAt = async (chars: number) => {
      await desk.ask(`${'x'.repeat(chars)} = █`);
      return desk.requests.at(-1)!.related?.pieces.length;
    };
    expect([await shownAt(1), await shownAt(6), looks]).toEqual([0, 0, 1]);
    expect([await shownAt(20), await shownAt(1000), looks]).toEqual([1, 1, 2]);
  });

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

  it.each<[string, string, (completer: Completer) => void]>([
    ['asks the next policy', 'foo();', (completer) => completer.setPolicy('scripted+1' as PolicyId)],
    ['asks under other settings', 'foo();', (completer) => completer.forgetWritten()],
    ['asks nobody after a dismissal', 'cancelled', (completer) => completer.noteDismissed()],
    ['asks nobody where there is no policy', 'modelNotReady', (completer) => completer.setPolicy(undefined)],
  ])('%s where what one waits for is ended', async (_, given, end) => {
    let stop: (result: CompletionResult) => void = () => undefined;
    const stopped = new Promise<CompletionResult>((resolve) => (stop = resolve));
    const desk: Desk = new Desk({}, () =>
      desk.requests.length === 1 ? stopped : completeAt(desk.requests.at(-1)!, desk.policy, open),
    );
    const waiting = desk.ask('a = █', 'invoked');
    end(desk.completer);
    stop({ kind: 'none', id: 'c1' as CompletionId, reason: 'cancelled' });
    expect(textOf(await waiting)).toBe(given);
  });

  it('keeps its answers while the policy stays', async () => {
    const desk = new Desk();
    await desk.ask('a = █');
    desk.completer.setPolicy(desk.policy.id);
    await desk.ask('a = █');
    expect(desk.requests).toHaveLength(1);
  });

  it('gives out nothing that was written under other settings', async () => {
    const settings = { minChance: 0 };
    const desk: Desk = new Desk(settings, () => completeAt(desk.requests.at(-1)!, policy, open));
    const written = new ScriptedPolicy(['foo(bar, baz)'], { logProb: -0.5 });
    const policy = calibrated(written, { intercept: 0, slope: 1 });
    const asked: string[] = [];
    for (const minChance of [0, 0.99, 0]) {
      settings.minChance = minChance;
      desk.completer.forgetWritten();
      asked.push(textOf(await desk.ask('a = █')));
    }
    expect(asked).toEqual(['foo(bar, baz)', 'unsure', 'foo(bar, baz)']);
  });

  it('does not offer again what was just refused, unless it is asked for', async () => {
    const desk = new Desk();
    const offered = (await desk.ask('a = █')) as Completion;
    desk.completer.noteRefused(offered, desk.placeAt('a = █'));
    expect(await desk.ask('a = █')).toMatchObject({ reason: 'justRefused', policyId: 'scripted', id: 'c1' });
    expect(textOf(await desk.ask('a = █', 'invoked'))).toBe('foo();');
  });

  it.each([
    ['the part that is sure', -0.3, 'foo(bar'],
    ['nothing', -3, 'unsure'],
  ])('writes anew for a command where unasked it offered %s', async (_, logProb, unasked) => {
    const written = new ScriptedPolicy(['foo(bar(1));'], { logProb });
    const policy = calibrated(written, { intercept: 0, slope: 1 });
    const desk: Desk = new Desk({ minChance: 0.75 }, () => completeAt(desk.requests.at(-1)!, policy, open));
    expect(textOf(await desk.ask('a = █'))).toBe(unasked);
    expect(textOf(await desk.ask('a = █', 'invoked'))).toBe('foo(bar(1));');
    expect(textOf(await desk.ask('a = █', 'invoked'))).toBe('foo(bar(1));');
    expect(desk.requests.map(({ minChance }) => minChance)).toEqual([0.75, 0]);
  });

  it('holds back for a user who keeps refusing, until one is accepted', async () => {
    const desk = new Desk();
    for (let i = 0; i < 3; i++) desk.completer.noteRefused(barOf(i), desk.placeAt('b = █'));
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

  it.each<[string, Partial<CompleterSettings>, boolean, boolean]>([
    ['as a rule', {}, true, true],
    ['where completions are off', { isEnabled: false }, false, false],
    ['in a language for which they are off', { languages: { typescript: false } }, false, false],
    ['while they are snoozed', { isSnoozed: true }, false, true],
    ['where they come only when asked for', { isOnlyWhenAsked: true }, false, true],
  ])('says whether one is wanted %s', (_, settings, unasked, asked) => {
    const desk = new Desk(settings);
    const isWanted = (['automatic', 'invoked'] as const).map((how) =>
      desk.completer.isWantedAt(desk.placeAt('a = █', how)),
    );
    expect(isWanted).toEqual([unasked, asked]);
  });

  it('lets a failure of the policy through to its caller', async () => {
    const desk = new Desk({ debounceMs: 0 }, () => Promise.reject(new Error('engine gone')));
    await expect(desk.ask('a = █')).rejects.toThrow('engine gone');
  });
});

/** A block as a policy writes it, told to a completer part by part. */
class HeldWriter {
  readonly clock = new VirtualClock(1_000_000);
  readonly requests: CompletionRequest[] = [];
  readonly signals: AbortSignal[] = [];
  readonly grown: string[] = [];
  readonly completer: Completer;
  readonly refused = new RefusedTexts(this.clock);
  /** The prefixes whose prompts it was to read, and what ends that. */
  readonly prepared: { readonly prefix: string; readonly signal: AbortSignal }[] = [];
  #tell: (firstLine: Completion) => void = () => undefined;
  #tellText: (text: string) => void = () => undefined;
  #finish: (result: CompletionResult) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(settings: Partial<CompleterSettings> = {}) {
    const limits = { debounceMs: 0, maxPromptTokens: 200, maxNewTokens: 50 };
    this.completer = new Completer({
      complete: (request, signal, { onFirstLine, onText }) => {
        this.requests.push(request);
        this.signals.push(signal);
        this.#tell = onFirstLine;
        this.#tellText = onText;
        return new Promise((resolve, reject) => {
          this.#finish = resolve;
          this.#fail = reject;
        });
      },
      prepare: ({ prefix }, signal) => {
        this.prepared.push({ prefix, signal });
        return Promise.resolve();
      },
      clock: this.clock,
      cache: new CompletionCache(),
      refused: this.refused,
      settings: () => ({ isEnabled: true, languages: {}, ...limits, ...settings }),
      newId: () => `c${this.requests.length + 1}` as CompletionId,
    });
    this.completer.setPolicy('base' as PolicyId);
    this.completer.onGrown(({ id, text }) => this.grown.push(`${id} ${text}`));
  }

  ask(marked: string, trigger?: 'invoked', signal = open): Promise<string> {
    const place = new Desk().placeAt(marked, trigger);
    return this.completer.completeAt(place, signal).then((result) => `${result.id} ${textOf(result)}`);
  }

  /** Presses the key that led to a place. The editor asks for it 50 ms later, unless another comes before. */
  type(marked: string): void {
    this.completer.noteTyped(new Desk().placeAt(marked));
  }

  /** Moves the cursor to a place, where nothing is typed. */
  move(marked: string): void {
    this.completer.noteMoved(() => new Desk().placeAt(marked));
  }

  /** What there is for a place after a policy that was asked there has not answered yet. */
  async isWaiting(answer: Promise<string>): Promise<boolean> {
    return (await Promise.race([answer, settled().then(() => undefined)])) === undefined;
  }

  async tell(text: string): Promise<void> {
    await settled();
    this.#tell({ ...this.#completion(text), isFirstLine: true });
  }

  /** What the policy has written so far. */
  async tellText(text: string): Promise<void> {
    await settled();
    this.#tellText(text);
  }

  async fail(): Promise<void> {
    await settled();
    this.#fail(new Error('engine gone'));
    await settled();
  }

  async finish(text: string): Promise<void> {
    await settled();
    this.#finish(text === '' ? this.#nothing() : this.#completion(text));
    await settled();
  }

  #completion(text: string): Completion {
    return { kind: 'completion', text, replacedChars: 0, latencyMs: 5, ...this.#answered() };
  }

  #nothing(): CompletionResult {
    return { kind: 'none', reason: 'blank', ...this.#answered() };
  }

  #answered() {
    const empty = { promptTokens: [], typedText: '', completionTokens: [], behaviourLogProbs: [] };
    const written = { ...empty, freeFrom: 0, temperature: 0 };
    return { id: this.requests.at(-1)!.id, policyId: 'base' as PolicyId, written };
  }
}

/** Lets everything that is resolved come to its end. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const block = 'foo();\n  bar();';

describe('Completer, line by line', () => {
  it('gives out the first line while the rest is written, and tells when all is there', async () => {
    const writer = new HeldWriter();
    const first = writer.ask('  █');
    await writer.tell('foo();');
    expect(await first).toBe('c1 foo();');
    expect(writer.grown).toEqual([]);
    await writer.finish(block);
    expect(writer.grown).toEqual([`c1 ${block}`]);
    expect(await writer.ask('  █', 'invoked')).toBe(`c1 ${block}`);
    expect(writer.requests).toHaveLength(1);
  });

  it('goes on writing while the user types the first line', async () => {
    const writer = new HeldWriter();
    const first = writer.ask('  █');
    await writer.tell('foo();');
    await first;
    expect(await writer.ask('  fo█')).toBe('c1 o();');
    expect(writer.signals[0]!.aborted).toBe(false);
    await writer.finish(block);
    expect(await writer.ask('  fo█')).toBe('c1 o();\n  bar();');
    expect(writer.requests).toHaveLength(1);
  });

  it.each(['  foo();█', '  foo();\n  █'])(
    'waits for the rest behind the whole first line: %j',
    async (at) => {
      const writer = new HeldWriter();
      const first = writer.ask('  █');
      await writer.tell('foo();');
      await first;
      const rest = writer.ask(at);
      expect(await writer.isWaiting(rest)).toBe(true);
      await writer.finish(block);
      expect(await rest).toBe(at.endsWith(';█') ? 'c1 \n  bar();' : 'c1 bar();');
      expect(writer.requests).toHaveLength(1);
    },
  );

  it('asks anew when the rest turns out to be another', async () => {
    const writer = new HeldWriter();
    const first = writer.ask('  █');
    await writer.tell('foo();');
    await first;
    const rest = writer.ask('  foo();\n    █');
    await writer.finish(block);
    expect(await writer.isWaiting(rest)).toBe(true);
    expect(writer.requests).toHaveLength(2);
  });

  it('stops writing when the user types something else', async () => {
    const writer = new HeldWriter();
    const first = writer.ask('  █');
    await writer.tell('foo();');
    await first;
    void writer.ask('  x█');
    await settled();
    expect(writer.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(writer.grown).toEqual([]);
  });

  it.each([
    ['it is dismissed', (writer: HeldWriter) => writer.completer.noteDismissed()],
    ['the settings change', (writer: HeldWriter) => writer.completer.forgetWritten()],
    ['the policy is exchanged', (writer: HeldWriter) => writer.completer.setPolicy(undefined)],
    ['it is disposed', (writer: HeldWriter) => writer.completer.dispose()],
  ])('stops writing when %s', async (_, end) => {
    const writer = new HeldWriter();
    const first = writer.ask('  █');
    await writer.tell('foo();');
    await first;
    end(writer);
    expect(writer.signals[0]!.aborted).toBe(true);
  });

  it('stops writing when the editor cancels before the first line', async () => {
    const writer = new HeldWriter();
    const cancel = new AbortController();
    const first = writer.ask('  █', undefined, cancel.signal);
    await settled();
    cancel.abort();
    expect(await first).toBe('c2 cancelled');
    expect(writer.signals[0]!.aborted).toBe(true);
  });

  it('waits for all of it where the user asks by a command', async () => {
    const writer = new HeldWriter();
    const whole = writer.ask('  █', 'invoked');
    await writer.tell('foo();');
    expect(await writer.isWaiting(whole)).toBe(true);
    await writer.finish(block);
    expect(await whole).toBe(`c1 ${block}`);
  });

  it('holds back the first line of what was just refused', async () => {
    const writer = new HeldWriter();
    const place = new Desk().placeAt('  █');
    writer.refused.follow('r' as CompletionId, place);
    writer.refused.add({ id: 'r' as CompletionId, text: block }, place);
    const answer = writer.ask('  █');
    await writer.tell('foo();');
    expect(await writer.isWaiting(answer)).toBe(true);
    await writer.finish(block);
    expect(await answer).toBe('c1 justRefused');
  });

  it('offers no text that begins with a first line which was refused while the rest was written', async () => {
    const writer = new HeldWriter();
    const place = new Desk().placeAt('  █');
    const asked = writer.completer.completeAt(place, open);
    await writer.tell('foo();');
    writer.completer.noteDismissed();
    writer.completer.noteRefused((await asked) as Completion, place);
    const again = writer.ask('  █');
    await writer.tell('foo();');
    await writer.finish(block);
    expect(await again).toBe('c2 justRefused');
  });

  it('tells nothing of what is finished after it was dismissed', async () => {
    const writer = new HeldWriter();
    const first = writer.ask('  █');
    await writer.tell('foo();');
    await first;
    writer.completer.noteDismissed();
    await writer.finish(block);
    expect(writer.grown).toEqual([]);
  });

  it('tells nothing when the first line was all', async () => {
    const writer = new HeldWriter();
    const first = writer.ask('  █');
    await writer.tell('foo();');
    await first;
    await writer.finish('foo();');
    expect(writer.grown).toEqual([]);
  });
});

describe('Completer, typing along', () => {
  it('asks the policy once however a completion is taken: key by key, word by word, line by line', async () => {
    const writer = new HeldWriter();
    const whole = writer.ask('  █');
    await writer.finish('foo(bar, 1);\n  baz();');
    expect(await whole).toBe('c1 foo(bar, 1);\n  baz();');
    const text = 'foo(bar, 1);\n  baz();';
    for (let typed = 1; typed < text.length; typed++) {
      expect(await writer.ask(`  ${text.slice(0, typed)}█`)).toBe(`c1 ${text.slice(typed)}`);
    }
    // The editor closes the bracket by itself, and lets it be typed over.
    expect(await writer.ask('  foo(█)')).toBe('c1 bar, 1);\n  baz();');
    expect(await writer.ask('  foo(bar, 1)█')).toBe('c1 ;\n  baz();');
    expect(writer.requests).toHaveLength(1);
  });
});

describe('Completer, typing along what was asked for', () => {
  const rows: readonly (readonly [string, Partial<CompleterSettings>, string])[] = [
    ['nothing is offered unasked', { isOnlyWhenAsked: true }, 'a = '],
    ['it is snoozed', { isSnoozed: true }, 'a = '],
    ['prose is left out', { isProseLeftOut: true }, '// '],
    ['the line is very long', {}, `a = '${'x'.repeat(500)}' + `],
  ];

  it.each(rows)('keeps it where %s', async (_, settings, line) => {
    const desk = new Desk(settings);
    const whole = await desk.ask(`${line}█`, 'invoked');
    desk.completer.noteTyped(desk.placeAt(`${line}fo█`));
    const rest = await desk.ask(`${line}fo█`);
    expect([rest.id, textOf(rest)]).toEqual([whole.id, 'o();']);
    expect(desk.requests).toHaveLength(1);
    expect(textOf(await desk.ask(`${line}fx█`))).not.toBe('foo();');
    expect(desk.requests).toHaveLength(1);
  });

  it('keeps it where the user refused it before, until they refuse it again', async () => {
    const desk = new Desk();
    const place = desk.placeAt('a = █');
    desk.completer.noteRefused((await desk.ask('a = █')) as Completion, place);
    const again = await desk.ask('a = █', 'invoked');
    expect(textOf(await desk.ask('a = fo█'))).toBe('o();');
    desk.completer.noteRefused(again as Completion, place);
    expect(textOf(await desk.ask('a = foo█'))).toBe('justRefused');
  });

  it('keeps one that was stepped on to', async () => {
    const desk = new Desk({ isOnlyWhenAsked: true });
    const place = desk.placeAt('a = █', 'invoked');
    const first = (await desk.completer.completeAt(place, open)) as Completion;
    const other = { ...first, id: 'other' as CompletionId, text: 'bar();' };
    desk.completer.keep(place, other);
    expect(await desk.ask('a = b█')).toMatchObject({ id: 'other', text: 'ar();' });
  });

  it.each<[string, (desk: Desk) => unknown]>([
    ['it was dismissed', ({ completer }) => completer.noteDismissed()],
    ['something else was typed', (desk) => desk.ask('a = x█')],
  ])('does not bring it back unasked after %s', async (_, end) => {
    const desk = new Desk({ isOnlyWhenAsked: true });
    await desk.ask('a = █', 'invoked');
    await end(desk);
    expect(textOf(await desk.ask('a = █'))).toBe('onlyWhenAsked');
  });

  it('keeps code into a comment in it, while the rest of it is written', async () => {
    const writer = new HeldWriter({ isProseLeftOut: true });
    const first = writer.ask('  █');
    await writer.tell('foo(); // do it');
    expect(await first).toBe('c1 foo(); // do it');
    expect(await writer.ask('  foo(); // d█')).toBe('c1 o it');
    await writer.finish('foo(); // do it\n  bar();');
    expect(await writer.ask('  foo(); // do█')).toBe('c1  it\n  bar();');
    expect(writer.requests).toHaveLength(1);
  });
});

describe('Completer, writing ahead', () => {
  const settings = { writeAheadAfterMs: 300 };

  /** A writer with a completion on the screen for long enough. */
  async function afterReading(at: string, text: string): Promise<HeldWriter> {
    const writer = new HeldWriter(settings);
    const shown = writer.ask(at);
    await writer.finish(text);
    await shown;
    writer.clock.advanceBy(299);
    expect(writer.requests).toHaveLength(1);
    writer.clock.advanceBy(1);
    return writer;
  }

  it('writes what follows the acceptance of what is shown, and has it at once then', async () => {
    const writer = await afterReading('if █\n', 'foo:');
    expect(writer.requests[1]).toMatchObject({ prefix: 'if foo:', suffix: '\n' });
    await writer.finish('\n  bar()');
    expect(await writer.ask('if foo:█\n')).toBe('c2 \n  bar()');
    expect(writer.requests).toHaveLength(2);
  });

  it('writes for the next line where nothing follows on the line', async () => {
    const writer = await afterReading('  a = █\n', 'foo();');
    await writer.finish('');
    expect(writer.requests[2]).toMatchObject({ prefix: '  a = foo();\n  ' });
    await writer.finish('bar();');
    expect(await writer.ask('  a = foo();\n  █\n')).toBe('c3 bar();');
    expect(writer.requests).toHaveLength(3);
  });

  it('goes on with what is being written when the user comes there', async () => {
    const writer = await afterReading('if █\n', 'foo:');
    const next = writer.ask('if foo:█\n');
    await writer.tell('\n  bar()');
    expect(await next).toBe('c2 \n  bar()');
    await writer.finish('\n  bar()\n  baz()');
    expect(writer.grown).toEqual(['c2 \n  bar()\n  baz()']);
    expect(writer.requests).toHaveLength(2);
  });

  it('makes way for any other request', async () => {
    const writer = await afterReading('if █\n', 'foo:');
    void writer.ask('if x█\n');
    await settled();
    expect(writer.signals.map(({ aborted }) => aborted)).toEqual([false, true, false]);
    expect(writer.requests[2]).toMatchObject({ prefix: 'if x' });
  });

  it('does nothing while one types along, is dismissed, or waits for the rest', async () => {
    const writer = new HeldWriter(settings);
    const first = writer.ask('  █');
    await writer.tell('foo();');
    await first;
    writer.clock.advanceBy(300);
    await writer.finish(block);
    await writer.ask('  f█');
    writer.clock.advanceBy(200);
    await writer.ask('  fo█');
    writer.clock.advanceBy(200);
    writer.completer.noteDismissed();
    writer.clock.advanceBy(1000);
    expect(writer.requests).toHaveLength(1);
    expect(writer.clock.pendingTimers).toBe(0);
  });

  it('survives a policy that fails', async () => {
    const failing = new Desk({ writeAheadAfterMs: 300 }, () => Promise.reject(new Error('engine gone')));
    await expect(failing.ask('a = █')).rejects.toThrow('engine gone');
  });

  it('shows the policy the suffix of a moment ago while the editor closes brackets', async () => {
    const desk = new Desk();
    await desk.ask('a = █\nb');
    await desk.ask('a = bar(█)\nb');
    expect(desk.requests[1]).toMatchObject({ suffix: ')\nb', promptSuffix: '\nb' });
    expect(desk.completer.shownAt(desk.placeAt('a = bar(x█)\nb'))).toEqual({ promptSuffix: '\nb' });
  });
});

describe('Completer, with a debounce that follows the rhythm', () => {
  it('waits as long as the keys are apart', async () => {
    const writer = new HeldWriter({ debounceMs: 'auto', headStartMs: 125 });
    const keys = 'const abc = ';
    for (let i = 1; i <= keys.length; i++) {
      writer.clock.advanceBy(240);
      writer.type(`${keys.slice(0, i)}█`);
    }
    const answer = writer.ask(`${keys}█`);
    writer.clock.advanceBy(115);
    await writer.finish('foo();');
    writer.clock.advanceBy(124);
    expect(await writer.isWaiting(answer)).toBe(true);
    writer.clock.advanceBy(1);
    expect(await answer).toMatch(/ foo\(\);$/);
  });
});

describe('Completer, between a key and the end of the debounce', () => {
  const settings = { debounceMs: 125, headStartMs: 125 };

  it('lets the policy write at the key, and gives it out when typing has rested since', async () => {
    const writer = new HeldWriter(settings);
    writer.type('a = █');
    expect(writer.requests).toMatchObject([{ prefix: 'a = ', trigger: 'automatic' }]);
    writer.clock.advanceBy(50);
    const answer = writer.ask('a = █');
    await writer.finish('foo();');
    writer.clock.advanceBy(74);
    expect(await writer.isWaiting(answer)).toBe(true);
    writer.clock.advanceBy(1);
    expect(await answer).toBe('c1 foo();');
    expect(writer.requests).toHaveLength(1);
    expect(writer.clock.pendingTimers).toBe(0);
  });

  it('gives out what is written later as soon as it is there', async () => {
    const writer = new HeldWriter(settings);
    const answer = writer.ask('  █');
    writer.clock.advanceBy(125);
    expect(await writer.isWaiting(answer)).toBe(true);
    await writer.tell('foo();');
    expect(await answer).toBe('c1 foo();');
    await writer.finish(block);
    expect(writer.grown).toEqual([`c1 ${block}`]);
  });

  it('gives out all of it where all is there when typing has rested, and tells of no growth', async () => {
    const writer = new HeldWriter(settings);
    const answer = writer.ask('  █');
    await writer.tell('foo();');
    await writer.finish(block);
    writer.clock.advanceBy(125);
    expect(await answer).toBe(`c1 ${block}`);
    expect(writer.grown).toEqual([]);
  });

  it('ends at the next key what that does not follow', async () => {
    const writer = new HeldWriter(settings);
    writer.type('a =█');
    await writer.tellText(' foo');
    writer.type('a =\n█');
    expect(writer.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(writer.requests[1]).toMatchObject({ prefix: 'a =\n' });
  });

  it.each(['foo', 'fo'])('goes on at the next key with %j, of which that is the first', async (soFar) => {
    const writer = new HeldWriter(settings);
    writer.type('a = █');
    await writer.tellText(soFar);
    writer.type('a = f█');
    const answer = writer.ask('a = f█');
    await writer.finish('foo();');
    expect(await writer.isWaiting(answer)).toBe(true);
    writer.clock.advanceBy(125);
    expect(await answer).toBe('c1 oo();');
    expect(writer.requests).toHaveLength(1);
  });

  it('goes on with what is all written but was never given out, and lets typing rest for it', async () => {
    const writer = new HeldWriter(settings);
    writer.type('a = █');
    await writer.finish('foo();');
    writer.clock.advanceBy(100);
    writer.type('a = f█');
    const answer = writer.ask('a = f█');
    writer.clock.advanceBy(124);
    expect(await writer.isWaiting(answer)).toBe(true);
    writer.clock.advanceBy(1);
    expect(await answer).toBe('c1 oo();');
    expect(await writer.ask('a = fo█')).toBe('c1 o();');
  });

  it('asks anew when a key is typed along that the finished text does not have', async () => {
    const writer = new HeldWriter(settings);
    writer.type('if █');
    await writer.tellText('foo()');
    writer.type('if foo(█)\n');
    const answer = writer.ask('if foo(█)\n');
    writer.clock.advanceBy(125);
    await writer.finish('');
    expect(writer.requests).toHaveLength(2);
    await writer.finish('bar');
    expect(await answer).toBe('c2 bar');
  });

  it('is not stopped by the end of the request for the key before', async () => {
    const writer = new HeldWriter(settings);
    const cancel = new AbortController();
    const before = writer.ask('a =█', undefined, cancel.signal);
    writer.type('a = █');
    cancel.abort();
    expect(await before).toMatch('cancelled');
    expect(writer.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('writes once for a key where it is too unsure, and again only when that is asked for again', async () => {
    const desk: Desk = new Desk({ headStartMs: 100 }, () =>
      Promise.resolve({
        kind: 'none',
        id: desk.requests.at(-1)!.id,
        reason: 'unsure',
        policyId: desk.policy.id,
      }),
    );
    desk.completer.noteTyped(desk.placeAt('a = █'));
    await settled();
    for (const requests of [1, 2]) {
      expect(textOf(await desk.ask('a = █'))).toBe('unsure');
      expect(desk.requests).toHaveLength(requests);
    }
  });

  it('stops where the editor ends the request without another key', async () => {
    const writer = new HeldWriter(settings);
    const cancel = new AbortController();
    writer.type('a = █');
    const answer = writer.ask('a = █', undefined, cancel.signal);
    cancel.abort();
    expect(await answer).toMatch('cancelled');
    expect(writer.signals[0]!.aborted).toBe(true);
    expect(writer.clock.pendingTimers).toBe(0);
  });

  it('keeps nothing of what was never asked for', async () => {
    const writer = new HeldWriter(settings);
    writer.type('a = █');
    await writer.finish('foo();');
    writer.type('b█');
    expect(writer.completer.knownAt(new Desk().placeAt('a = █'))).toBeUndefined();
  });

  it('survives a policy that fails before it is asked for, and fails aloud then', async () => {
    const writer = new HeldWriter(settings);
    writer.type('a = █');
    await writer.fail();
    const answer = writer.ask('a = █');
    writer.clock.advanceBy(125);
    const failing = expect(answer).rejects.toThrow('engine gone');
    await writer.fail();
    await failing;
  });

  it('asks at once for a user who asks, and gives that out when all is written', async () => {
    const writer = new HeldWriter(settings);
    writer.type('a = █');
    const answer = writer.ask('a = █', 'invoked');
    await writer.finish('foo();');
    expect(await answer).toBe('c1 foo();');
  });

  it('works for few keys of an editor that does not ask, and again when it does', () => {
    const writer = new HeldWriter(settings);
    for (const typed of ['a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef']) writer.type(`${typed}█`);
    expect(writer.requests).toHaveLength(4);
    void writer.ask('abcdefg█');
    writer.type('abcdefgh█');
    expect(writer.requests).toHaveLength(6);
  });
});

describe('Completer, where the cursor is moved', () => {
  /** A writer whose user typed a key, which led to a completion that was dismissed. */
  function atWork(settings: Partial<CompleterSettings> = {}): HeldWriter {
    const writer = new HeldWriter({ debounceMs: 100, headStartMs: 60, ...settings });
    writer.type('a█');
    writer.completer.noteDismissed();
    writer.prepared.length = 0;
    return writer;
  }

  const readIn = ({ prepared }: HeldWriter): string[] => prepared.map(({ prefix }) => prefix);

  it('has the prompt read once it rests, and nothing written', () => {
    const writer = atWork();
    writer.move('const b = █');
    writer.clock.advanceBy(299);
    expect(readIn(writer)).toEqual([]);
    writer.clock.advanceBy(1);
    expect(readIn(writer)).toEqual(['const b = ']);
    writer.clock.advanceBy(10_000);
    expect(writer.requests).toEqual([]);
    expect(readIn(writer)).toHaveLength(1);
  });

  it('reads nothing at places that it passes', () => {
    const writer = atWork();
    for (const marked of ['one = █', 'two = █', 'three = █']) {
      writer.move(marked);
      writer.clock.advanceBy(200);
    }
    writer.clock.advanceBy(100);
    expect(readIn(writer)).toEqual(['three = ']);
  });

  it('stops reading when it moves on, and when a key is typed', () => {
    const writer = atWork();
    writer.move('one = █');
    writer.clock.advanceBy(300);
    writer.move('two = █');
    expect(writer.prepared.at(-1)!.signal.aborted).toBe(true);
    writer.clock.advanceBy(300);
    expect(writer.prepared.at(-1)!.signal.aborted).toBe(false);
    writer.type('two = t█');
    expect(writer.prepared[1]!.signal.aborted).toBe(true);
  });

  it('reads nothing for a move that a key made', () => {
    const writer = atWork();
    writer.type('one = █');
    writer.move('one = █');
    const before = readIn(writer).length;
    writer.clock.advanceBy(1000);
    expect(readIn(writer)).toHaveLength(before);
  });

  it.each([
    ['nobody typed for two minutes', {}, 120_001],
    ['completions are off', { isEnabled: false }, 0],
    ['they come only when asked for', { isOnlyWhenAsked: true }, 0],
    ['they are snoozed', { isSnoozed: true }, 0],
  ])('reads nothing where %s', (_, settings, laterMs) => {
    const writer = atWork(settings);
    writer.clock.advanceBy(laterMs);
    writer.move('const b = █');
    writer.clock.advanceBy(1000);
    expect(readIn(writer)).toEqual([]);
  });

  it('reads nothing for an editor that does not ask', () => {
    const writer = atWork();
    for (const typed of ['ab', 'abc', 'abcd']) writer.type(`${typed}█`);
    writer.completer.noteDismissed();
    writer.prepared.length = 0;
    writer.move('const b = █');
    writer.clock.advanceBy(1000);
    expect(readIn(writer)).toEqual([]);
  });

  it('leaves no timer behind', () => {
    const writer = atWork();
    writer.move('const b = █');
    writer.completer.dispose();
    expect(writer.clock.pendingTimers).toBe(0);
  });
});

describe('Completer, where typing has to rest for longer than the head start', () => {
  const settings = { debounceMs: 1000, headStartMs: 125 };

  it('only has the prompt read at the key, and begins to write before the end of the rest', async () => {
    const writer = new HeldWriter(settings);
    const answer = writer.ask('a = █');
    expect(writer.prepared).toMatchObject([{ prefix: 'a = ', signal: { aborted: false } }]);
    writer.clock.advanceBy(874);
    expect(writer.requests).toHaveLength(0);
    writer.clock.advanceBy(1);
    expect(writer.requests).toHaveLength(1);
    await writer.finish('foo();');
    expect(await writer.isWaiting(answer)).toBe(true);
    writer.clock.advanceBy(125);
    expect(await answer).toBe('c1 foo();');
    expect(writer.requests).toHaveLength(1);
  });

  it('ends the reading at the next key, and writes nothing for the key before', () => {
    const writer = new HeldWriter(settings);
    writer.type('a =█');
    writer.clock.advanceBy(500);
    writer.type('a = █');
    expect(writer.prepared.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    writer.clock.advanceBy(874);
    expect(writer.requests).toHaveLength(0);
    writer.completer.noteDismissed();
    expect(writer.prepared[1]!.signal.aborted).toBe(true);
    expect(writer.clock.pendingTimers).toBe(0);
  });

  it('holds writing back as well for a user who keeps refusing', () => {
    const writer = new HeldWriter({ debounceMs: 125, headStartMs: 125 });
    const place = new Desk().placeAt('b = █');
    for (let i = 0; i < 3; i++) writer.completer.noteRefused(barOf(i), place);
    writer.type('a = █');
    writer.clock.advanceBy(249);
    expect([writer.requests.length, writer.prepared.length]).toEqual([0, 1]);
    writer.clock.advanceBy(1);
    expect(writer.requests).toHaveLength(1);
  });

  it('writes once where the user asks before that', async () => {
    const writer = new HeldWriter(settings);
    writer.type('a = █');
    const answer = writer.ask('a = █', 'invoked');
    await writer.finish('foo();');
    expect(await answer).toBe('c1 foo();');
    writer.clock.advanceBy(1000);
    expect(writer.requests).toHaveLength(1);
  });

  it('writes nothing before typing has rested without a head start', async () => {
    const writer = new HeldWriter({ debounceMs: 125 });
    const answer = writer.ask('a = █');
    writer.clock.advanceBy(124);
    expect(writer.requests).toHaveLength(0);
    writer.clock.advanceBy(1);
    await writer.finish('foo();');
    expect(await answer).toBe('c1 foo();');
  });
});
