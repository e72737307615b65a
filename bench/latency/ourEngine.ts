import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Completer } from '../../src/completion/completer.ts';
import type { CompletionId, CompletionRequest, CompletionResult } from '../../src/completion/completion.ts';
import { CompletionCache } from '../../src/completion/completionCache.ts';
import { contextAround } from '../../src/completion/context.ts';
import { RefusedTexts } from '../../src/completion/refusedTexts.ts';
import { completerSettings, parseSettings } from '../../src/editor/settings.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { systemClock } from '../../src/feedback/systemClock.ts';
import { EngineChildClient } from '../../src/process/engineChildClient.ts';
import type { AskedPrompt, Timed } from './contestant.ts';
import { residentMb } from './residentMb.ts';
import type { Stretch } from './stretches.ts';

const never = new AbortController().signal;

/** The settings of somebody who never changed one. */
const shipped = completerSettings(parseSettings(() => undefined).settings);

/**
 * The engine as it is shipped, in a process of its own, behind the completer that the editor uses.
 * The one difference is the debounce: it is left out, since it would add the same to both sides.
 */
export class OurEngine {
  readonly #client: EngineChildClient;
  readonly #completer: Completer;
  readonly #tokenizer: Tokenizer;
  readonly #log: string[];
  readonly #adaptersFolder: string;
  /** What the completer asked the engine last; undefined while it knew the answer itself. */
  #asked: AskedPrompt | undefined;
  #requests = 0;

  private constructor(parts: {
    readonly client: EngineChildClient;
    readonly tokenizer: Tokenizer;
    readonly log: string[];
    readonly adaptersFolder: string;
  }) {
    this.#client = parts.client;
    this.#tokenizer = parts.tokenizer;
    this.#log = parts.log;
    this.#adaptersFolder = parts.adaptersFolder;
    this.#completer = new Completer({
      complete: (request, signal) => this.#complete(request, signal),
      clock: systemClock,
      cache: new CompletionCache(),
      refused: new RefusedTexts(systemClock),
      settings: () => ({ ...shipped, debounceMs: 0 }),
      newId: () => this.#newId(),
    });
  }

  /** Starts the engine with a model of the catalogue and no adapter. */
  static async start(model: string, tokenizer: Tokenizer, threads: number): Promise<OurEngine> {
    const log: string[] = [];
    const adaptersFolder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
    const entryPath = join(import.meta.dirname, '../../dist/engine.mjs');
    const client = new EngineChildClient({ entryPath, log: (line) => log.push(line), clock: systemClock });
    const engine = new OurEngine({ client, tokenizer, log, adaptersFolder });
    await client.start({ model, adaptersFolder, device: 'auto', threads });
    if (client.state.kind !== 'ready') throw new Error(`The engine is ${JSON.stringify(client.state)}.`);
    engine.#completer.setPolicy(client.state.policyId);
    return engine;
  }

  /**
   * Types a stretch in its rhythm and waits wherever the shipped completer would ask: where typing
   * rests as long as its debounce. A slow answer holds the typist up, so none is cut off.
   */
  async type(stretch: Stretch): Promise<readonly TypedMoment[]> {
    const moments: TypedMoment[] = [];
    let typed = '';
    for (const keystroke of stretch.keystrokes) {
      typed += keystroke.typed;
      const { restMs } = keystroke;
      const moment = restMs < shipped.debounceMs ? undefined : await this.#askIn(stretch, typed, restMs);
      if (moment !== undefined) moments.push(moment);
      await sleep(restMs - (moment?.ms ?? 0));
    }
    return moments;
  }

  /** The time of one request without the completer's own knowledge, and what was asked. */
  async time(request: Omit<CompletionRequest, 'id'>): Promise<Timed & { readonly prompt: AskedPrompt }> {
    const startMs = performance.now();
    const result = await this.#complete({ ...request, id: this.#newId() }, never);
    const ms = performance.now() - startMs;
    const tokenCount = result.written?.completionTokens.length ?? 0;
    if (this.#asked === undefined || tokenCount === 0)
      throw new Error(`The engine wrote nothing: ${JSON.stringify(result)}`);
    return { ms, tokenCount, prompt: this.#asked };
  }

  /** Memory of the engine's process that is in use now, in megabytes. */
  residentMb(): Promise<number> {
    const ids = this.#log.flatMap((line) => /started as process (\d+)/.exec(line)?.[1] ?? []);
    return residentMb(Number(ids.at(-1)));
  }

  stop(): void {
    this.#completer.dispose();
    this.#client.dispose();
    rmSync(this.#adaptersFolder, { recursive: true, force: true });
  }

  async #askIn(
    { before, behind, documentUri, languageId }: Stretch,
    typed: string,
    restMs: number,
  ): Promise<TypedMoment | undefined> {
    const offset = before.length + typed.length;
    const context = contextAround(before + typed + behind, offset);
    this.#asked = undefined;
    const startMs = performance.now();
    const place = { ...context, documentUri, languageId, offset, trigger: 'automatic' as const };
    const result = await this.#completer.completeAt(place, never);
    const ms = performance.now() - startMs;
    if (result.kind === 'none' && result.policyId === undefined) return undefined;
    return { ms, restMs, prompt: this.#asked };
  }

  async #complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    const result = await this.#client.complete(request, signal);
    const { written } = result;
    if (written !== undefined) {
      const tokens = [...written.promptTokens, ...this.#tokenizer.encode(written.typedText)];
      this.#asked = { request, tokens };
    }
    return result;
  }

  #newId(): CompletionId {
    this.#requests += 1;
    return `bench-${this.#requests}` as CompletionId;
  }
}

/** A rest in the typing at which a completion was wanted. */
export interface TypedMoment {
  /** From the keystroke to the first line ready. */
  readonly ms: number;
  readonly restMs: number;
  /** What the engine was asked; absent when the completer knew the answer, as while a text is typed along. */
  readonly prompt: AskedPrompt | undefined;
}
