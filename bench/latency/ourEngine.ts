import { setTimeout as sleep } from 'node:timers/promises';
import { Completer, type CompleterOptions } from '../../src/completion/completer.ts';
import type { WantedPlace } from '../../src/completion/wantedPlace.ts';
import type {
  CompletionId,
  CompletionRequest,
  CompletionResult,
  RelatedCode,
  WrittenText,
} from '../../src/completion/completion.ts';
import { CompletionCache } from '../../src/completion/typing/completionCache.ts';
import { contextAround, type Context } from '../../src/completion/prompt/context.ts';
import { relatedTokens } from '../../src/completion/prompt/prompt.ts';
import { RefusedTexts } from '../../src/completion/asking/refusedTexts.ts';
import { systemClock } from '../../src/completion/systemClock.ts';
import type { ProjectTexts } from '../../src/editor/typing/projectTexts.ts';
import { completerSettings, parseSettings, settingsAt } from '../../src/editor/settings/settings.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import type { Timed } from './llamaServer.ts';
import { pathOf } from './project.ts';
import { promptTokensOf } from './prompts.ts';
import { residentMb } from './residentMb.ts';
import { startEngine, type StartedEngine } from './startEngine.ts';
import type { Stretch } from './stretches.ts';

const never = new AbortController().signal;

/**
 * The settings of somebody who never changed one, on a machine that was not measured yet, but for the debounce: it would follow the rhythm, and
 * with one length runs can be held against each other.
 */
export const shippedSettings = {
  ...completerSettings(settingsAt(parseSettings(() => undefined).settings, undefined)),
  debounceMs: 125,
};

/** VS Code asks this long after a key, if no other comes before (its `InlineCompletionsDebounce`). */
const editorDebounceMs = 50;

/** A rest in the typing at which a completion was wanted. */
export interface TypedMoment {
  /**
   * From when typing had rested as long as the debounce to the first line ready, 0 where it was by
   * then; where the completer knew the answer, from the editor's question.
   */
  readonly ms: number;
  readonly restMs: number;
  readonly context: Context;
  /**
   * The prompt at the cursor, the half-typed word included. Absent when the completer knew the answer:
   * it was given out before, and is typed along, or it was written ahead.
   */
  readonly promptTokens: readonly number[] | undefined;
}

/** The shipped engine behind the completer that the editor uses, told and asked as VS Code does. */
export class OurEngine {
  readonly #engine: StartedEngine;
  readonly #completer: Completer;
  readonly #tokenizer: Tokenizer;
  readonly #project: ProjectTexts | undefined;
  readonly #requests = new Map<CompletionId, CompletionRequest>();
  /** What was on the screen, or was written for a place where the cursor was not yet. */
  readonly #known = new Set<CompletionId>();
  readonly #ended: CompletionRequest[] = [];
  /** Where the cursor is. */
  #place: TypedPlace | undefined;
  #requestCount = 0;

  private constructor(engine: StartedEngine, { tokenizer, project }: TypingSetting) {
    this.#engine = engine;
    this.#tokenizer = tokenizer;
    this.#project = project;
    this.#completer = new Completer({
      complete: (...question) => this.#complete(question),
      prepare: (request, signal) => engine.client.prepare(request, signal),
      clock: systemClock,
      cache: new CompletionCache(),
      refused: new RefusedTexts(systemClock),
      settings: () => shippedSettings,
      newId: () => this.#newId(),
      related: (place) => this.#relatedAt(place),
    });
    this.#completer.setPolicy(engine.policyId);
  }

  static async start(model: string, setting: TypingSetting): Promise<OurEngine> {
    return new OurEngine(await startEngine(model, setting.threads), setting);
  }

  /** The requests that the engine answered to their end, in that order. */
  get requests(): readonly CompletionRequest[] {
    return this.#ended;
  }

  /**
   * Types a stretch in its rhythm. The completer hears of each key as it is pressed and is asked a
   * moment later; the next key ends that. Where typing rests as long as the debounce a completion is
   * wanted: a slow answer holds the typist up, so none is cut off there. At the end nothing goes on
   * being written, so that the other side has the machine for itself.
   */
  async type(stretch: Stretch): Promise<readonly TypedMoment[]> {
    const moments: TypedMoment[] = [];
    let typed = '';
    let before = new AbortController();
    for (const { typed: added, restMs } of stretch.keystrokes) {
      const keyMs = performance.now();
      typed += added;
      const place = placeIn(stretch, typed);
      this.#place = place;
      this.#completer.noteTyped(place);
      before.abort();
      before = new AbortController();
      await sleep(Math.min(restMs, editorDebounceMs));
      if (restMs > editorDebounceMs) {
        const key = { place, keyMs, restMs };
        const asking = this.#ask(key, before.signal);
        const moment = restMs >= shippedSettings.debounceMs ? await asking : undefined;
        if (moment !== undefined) moments.push(moment);
      }
      await sleep(Math.max(0, keyMs + restMs - performance.now()));
    }
    before.abort();
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
  async #ask({ place, keyMs, restMs }: PressedKey, signal: AbortSignal): Promise<TypedMoment | undefined> {
    const askedMs = performance.now();
    const result = await this.#completer.completeAt(place, signal);
    const readyMs = performance.now();
    if (result.policyId === undefined) return undefined;
    const isKnown = this.#known.has(result.id);
    if (result.kind === 'completion') this.#known.add(result.id);
    const { prefix, suffix } = place;
    const moment = { restMs, context: { prefix, suffix } };
    if (isKnown) return { ...moment, ms: readyMs - askedMs, promptTokens: undefined };
    const wantedMs = keyMs + shippedSettings.debounceMs;
    const promptTokens = this.#promptAt(place, this.#requests.get(result.id)!);
    return { ...moment, ms: Math.max(0, readyMs - wantedMs), promptTokens };
  }

  /** The prompt at a place with what a request showed around it, which may have been for a key before. */
  #promptAt(
    { prefix, suffix }: WantedPlace,
    { promptSuffix, related, maxPromptTokens }: CompletionRequest,
  ): number[] {
    const shown = { prefix, suffix: promptSuffix ?? suffix, maxPromptTokens };
    return [...relatedTokens(related, this.#tokenizer), ...promptTokensOf(shown, this.#tokenizer)];
  }

  /** What the editor shows of the project, to a model that knows such prompts. */
  #relatedAt({ documentUri, prefix, suffix }: WantedPlace): RelatedCode | undefined {
    if (this.#tokenizer.repository === undefined) return undefined;
    const { documentText } = this.#place!;
    const place = { documentUri, path: pathOf(documentUri), documentText, prefix, suffix };
    return this.#project?.relatedAt(() => place, shippedSettings.maxPromptTokens);
  }

  async #complete(question: Parameters<CompleterOptions['complete']>): Promise<CompletionResult> {
    const [request, signal] = question;
    const { prefix, suffix } = this.#place!;
    this.#requests.set(request.id, request);
    if (request.prefix !== prefix || request.suffix !== suffix) this.#known.add(request.id);
    const result = await this.#engine.client.complete(...question);
    if (!signal.aborted) this.#ended.push(request);
    return result;
  }

  #promptOf({ promptTokens, typedText }: WrittenText): number[] {
    return [...promptTokens, ...this.#tokenizer.encode(typedText)];
  }

  #newId(): CompletionId {
    this.#requestCount += 1;
    return `bench-${this.#requestCount}` as CompletionId;
  }
}

/** What is typed in. */
interface TypingSetting {
  readonly tokenizer: Tokenizer;
  readonly threads: number;
  /** Absent: prompts show nothing of other files. */
  readonly project?: ProjectTexts | undefined;
}

/** A place, and all of its document as it is then. */
interface TypedPlace extends WantedPlace {
  readonly documentText: string;
}

/** A key, and how long the typist rests behind it. */
interface PressedKey {
  readonly place: WantedPlace;
  readonly keyMs: number;
  readonly restMs: number;
}

function placeIn({ before, behind, documentUri, languageId }: Stretch, typed: string): TypedPlace {
  const offset = before.length + typed.length;
  const documentText = before + typed + behind;
  const context = contextAround(documentText, offset);
  return { ...context, documentUri, languageId, offset, documentText, trigger: 'automatic' };
}
