import { readFileSync } from 'node:fs';
import { Completer } from '../../src/completion/completer.ts';
import type { WantedPlace } from '../../src/completion/wantedPlace.ts';
import type { CompletionId, CompletionRequest, CompletionResult } from '../../src/completion/completion.ts';
import { CompletionCache } from '../../src/completion/typing/completionCache.ts';
import { contextSpan } from '../../src/completion/prompt/context.ts';
import { RefusedTexts } from '../../src/completion/asking/refusedTexts.ts';
import { VirtualClock } from '../../src/completion/virtualClock.ts';
import { EditorEar } from '../../src/editor/typing/editorEar.ts';
import { SessionOffers } from '../../src/editor/typing/sessionOffers.ts';
import { completerSettings, parseSettings, settingsAt } from '../../src/editor/settings/settings.ts';
import type { PolicyId } from '../../src/engine/policy.ts';
import { CompletionTracker } from '../../src/feedback/following/completionTracker.ts';
import { TypingObserver } from '../../src/feedback/following/typingObserver.ts';
import { readRhythm, restsOf } from '../latency/rhythm.ts';
import { keysOf } from '../latency/stretches.ts';

const policyId = 'bench' as PolicyId;
const documentUri = 'file:///bench.ts';
const settings = completerSettings({
  ...settingsAt(parseSettings(() => undefined).settings, undefined),
  completeProse: false,
});

/** A long file, typed once more behind its middle. */
const typedFile = new URL('../../src/completion/completer.ts', import.meta.url);

/** VS Code asks this long after a key. */
const editorDebounceMs = 50;

/** The parts of the extension that hear of a key, at work in one document, with an engine that always has an answer. */
export class KeyboardWork {
  readonly #clock = new VirtualClock(1_000_000);
  readonly #completer: Completer;
  readonly #ear: EditorEar;
  readonly #restAfter = restsOf(readRhythm());
  readonly #keys: readonly string[];
  #text: string;
  #offset: number;
  #pressed = 0;
  #requests = 0;
  offered = 0;

  constructor() {
    const text = readFileSync(typedFile, 'utf8');
    this.#keys = keysOf(text);
    this.#text = `${text}${text}\n${text}${text}`;
    this.#offset = 2 * text.length;
    const clock = this.#clock;
    this.#completer = new Completer({
      complete: (request) => Promise.resolve(this.#answer(request)),
      ...{ clock, cache: new CompletionCache(), refused: new RefusedTexts(clock) },
      settings: () => settings,
      newId: () => `c${++this.#requests}` as CompletionId,
    });
    this.#completer.setPolicy(policyId);
    const offers = new SessionOffers(this.#completer);
    const readDocument = () => ({ languageId: 'typescript', text: this.#text });
    const observer = new TypingObserver({ sink, readDocument, contextChars: 8192, newId: () => 'd' });
    const tracker = new CompletionTracker(sink, clock);
    this.#ear = new EditorEar([offers, tracker, observer], {
      error: console.error,
      warn: console.warn,
      info: console.log,
    });
  }

  get chars(): number {
    return this.#text.length;
  }

  /** What happens in the extension host at once when a key is pressed. */
  pressKey(): void {
    const insertedText = this.#keys[this.#pressed++ % this.#keys.length]!;
    const changes = [{ offset: this.#offset, deletedChars: 0, insertedText }];
    this.#text = this.#text.slice(0, this.#offset) + insertedText + this.#text.slice(this.#offset);
    this.#offset += insertedText.length;
    const at = { atMs: this.#clock.nowMs(), documentUri };
    this.#ear.handle({ kind: 'edited', ...at, changes });
    this.#ear.handle({ kind: 'cursorMoved', ...at, offset: this.#offset });
    this.#completer.noteTyped(this.#place());
  }

  /** The typist rests, and VS Code asks for a completion where they rest for long enough. */
  async rest(): Promise<void> {
    const restMs = this.#restAfter(this.#keys[(this.#pressed - 1) % this.#keys.length]!);
    const endMs = this.#clock.nowMs() + restMs;
    if (restMs > editorDebounceMs) await this.#askUntil(endMs);
    this.#clock.advanceTo(endMs);
  }

  async #askUntil(endMs: number): Promise<void> {
    this.#clock.advanceBy(editorDebounceMs);
    const place = this.#place();
    const abort = new AbortController();
    let result: CompletionResult | undefined;
    void this.#completer.completeAt(place, abort.signal).then((answer) => (result = answer));
    await settled();
    this.#clock.advanceTo(endMs);
    await settled();
    abort.abort();
    await settled();
    if (result !== undefined) this.#tell(place, result);
  }

  #tell(place: WantedPlace, result: CompletionResult): void {
    const { languageId, offset, prefix, suffix } = place;
    const asked = { atMs: this.#clock.nowMs(), documentUri, languageId, offset, prefix, suffix };
    if (result.kind === 'none') {
      this.#ear.handle({ kind: 'notOffered', ...asked, noCompletion: result });
      return;
    }
    this.offered += 1;
    this.#ear.handle({ kind: 'offered', ...asked, completion: result });
  }

  #place(): WantedPlace {
    const { start, end } = contextSpan(this.#offset);
    return {
      ...{ prefix: this.#text.slice(start, this.#offset), suffix: this.#text.slice(this.#offset, end) },
      ...{ documentUri, languageId: 'typescript', offset: this.#offset, trigger: 'automatic' },
    };
  }

  #answer({ id }: CompletionRequest): CompletionResult {
    const written = {
      ...{ promptTokens: [1], typedText: '', completionTokens: [2], behaviourLogProbs: [-1] },
      ...{ freeFrom: 0, temperature: 0 },
    };
    const text = `something(else${this.#requests});`;
    return { kind: 'completion', id, policyId, text, replacedChars: 0, written, latencyMs: 50 };
  }
}

/** All that has been resolved is done then. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const nothing = (): void => undefined;

/** A store that keeps nothing. */
const sink = {
  ...{ addCompletion: nothing, addDemonstration: nothing, growCompletion: nothing, setOutcome: nothing },
  ...{ addSurvival: nothing, setFinalText: nothing, countNothingOffered: nothing },
};
