import { setTimeout as sleep } from 'node:timers/promises';
import { Completer, type CompleterOptions } from '../../src/completion/completer.ts';
import type { CompletionId, CompletionRequest, WrittenText } from '../../src/completion/completion.ts';
import { CompletionCache } from '../../src/completion/completionCache.ts';
import { contextAround, type Context } from '../../src/completion/context.ts';
import { RefusedTexts } from '../../src/completion/refusedTexts.ts';
import { completerSettings, parseSettings } from '../../src/editor/settings.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { systemClock } from '../../src/feedback/systemClock.ts';
import type { Timed } from './llamaServer.ts';
import { residentMb } from './residentMb.ts';
import { startEngine, type StartedEngine } from './startEngine.ts';
import type { Stretch } from './stretches.ts';

const never = new AbortController().signal;

/** The settings of somebody who never changed one. */
export const shippedSettings = completerSettings(parseSettings(() => undefined).settings);

/** A rest in the typing at which a completion was wanted. */
export interface TypedMoment {
  /** From the keystroke to the first line ready. */
  readonly ms: number;
  readonly restMs: number;
  readonly context: Context;
  /**
   * What the engine was asked, the half-typed word that it was held to included. Absent when the
   * completer knew the answer, as while a text is typed along.
   */
  readonly promptTokens: readonly number[] | undefined;
}

/**
 * The shipped engine behind the completer that the editor uses. The one difference is the debounce:
 * it is left out, since it would add the same to both sides.
 */
export class OurEngine {
  readonly #engine: StartedEngine;
  readonly #completer: Completer;
  readonly #tokenizer: Tokenizer;
  /** The requests that the completer made since the last keystroke. */
  readonly #asked = new Set<CompletionId>();
  /** All requests of the completer, in their order. */
  readonly requests: CompletionRequest[] = [];
  #requestCount = 0;

  private constructor(engine: StartedEngine, tokenizer: Tokenizer) {
    this.#engine = engine;
    this.#tokenizer = tokenizer;
    this.#completer = new Completer({
      complete: (...question) => this.#complete(question),
      clock: systemClock,
      cache: new CompletionCache(),
      refused: new RefusedTexts(systemClock),
      settings: () => ({ ...shippedSettings, debounceMs: 0 }),
      newId: () => this.#newId(),
    });
    this.#completer.setPolicy(engine.policyId);
  }

  static async start(model: string, tokenizer: Tokenizer, threads: number): Promise<OurEngine> {
    return new OurEngine(await startEngine(model, threads), tokenizer);
  }

  /**
   * Types a stretch in its rhythm and asks wherever the shipped completer would: where typing rests
   * as long as its debounce. A slow answer holds the typist up, so none is cut off. At the end nothing
   * goes on being written, so that the other side has the machine for itself.
   */
  async type(stretch: Stretch): Promise<readonly TypedMoment[]> {
    const moments: TypedMoment[] = [];
    let typed = '';
    for (const { typed: added, restMs } of stretch.keystrokes) {
      typed += added;
      const isAsking = restMs >= shippedSettings.debounceMs;
      const moment = isAsking ? await this.#askIn(stretch, typed, restMs) : undefined;
      if (moment !== undefined) moments.push(moment);
      await sleep(Math.max(0, restMs - (moment?.ms ?? 0)));
    }
    this.#completer.noteDismissed();
    return moments;
  }

  /** The time of one request to the engine alone, and the prompt it was given. */
  async time(
    request: Omit<CompletionRequest, 'id'>,
  ): Promise<Timed & { readonly promptTokens: readonly number[] }> {
    const startMs = performance.now();
    const result = await this.#engine.client.complete({ ...request, id: this.#newId() }, never);
    const ms = performance.now() - startMs;
    const { written } = result;
    if (written === undefined) throw new Error(`The engine wrote nothing: ${JSON.stringify(result)}`);
    return { ms, tokenCount: written.completionTokens.length, promptTokens: this.#promptOf(written) };
  }

  /** Memory of the engine's process that is in use now, in megabytes. */
  residentMb(): Promise<number> {
    return residentMb(this.#engine.processId);
  }

  stop(): void {
    this.#completer.dispose();
    this.#engine.stop();
  }

  /** `undefined` where the completer does not want to know, as inside a word. */
  async #askIn(
    { before, behind, documentUri, languageId }: Stretch,
    typed: string,
    restMs: number,
  ): Promise<TypedMoment | undefined> {
    const offset = before.length + typed.length;
    const context = contextAround(before + typed + behind, offset);
    this.#asked.clear();
    const startMs = performance.now();
    const place = { ...context, documentUri, languageId, offset, trigger: 'automatic' as const };
    const { id, policyId, written } = await this.#completer.completeAt(place, never);
    const ms = performance.now() - startMs;
    if (policyId === undefined) return undefined;
    const isNew = this.#asked.has(id) && written !== undefined;
    return { ms, restMs, context, promptTokens: isNew ? this.#promptOf(written) : undefined };
  }

  #complete(question: Parameters<CompleterOptions['complete']>): ReturnType<CompleterOptions['complete']> {
    const [request] = question;
    this.#asked.add(request.id);
    this.requests.push(request);
    return this.#engine.client.complete(...question);
  }

  #promptOf({ promptTokens, typedText }: WrittenText): number[] {
    return [...promptTokens, ...this.#tokenizer.encode(typedText)];
  }

  #newId(): CompletionId {
    this.#requestCount += 1;
    return `bench-${this.#requestCount}` as CompletionId;
  }
}
