import * as l10n from '@vscode/l10n';
import type { Clock } from '../../completion/clock.ts';
import type { Completer } from '../../completion/completer.ts';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import type { Completion, CompletionId } from '../../completion/completion.ts';
import { isSameCursor } from '../../completion/typing/typingAlong.ts';
import type { AskedAt, EditorEvent } from '../../feedback/following/editorEvent.ts';
import type { EngineClient } from '../../process/clients.ts';
import { alternativesRequest } from './alternativesRequest.ts';
import type { SessionOffers } from './sessionOffers.ts';
import type { Settings } from '../settings/settings.ts';

/** VS Code's own commands that go through the completions of a place. */
type Step = 'showNext' | 'showPrevious';

/** VS Code's own commands for ghost text that are run here. */
type OwnCommand = Step | 'hide' | 'trigger';

/** What the alternatives need. */
export interface AlternativesOptions {
  readonly engine: Pick<EngineClient, 'alternatives'>;
  readonly completer: Pick<Completer, 'knownAt' | 'keep' | 'shownAt'>;
  readonly offers: Pick<SessionOffers, 'lastId' | 'shownId'>;
  /** Told before the model is asked, so that training makes way. */
  readonly noteCompletionWanted: () => void;
  readonly hear: (event: EditorEvent) => void;
  readonly clock: Clock;
  /** A place as feedback keeps it. */
  readonly askedAt: (place: WantedPlace, atMs: number) => AskedAt;
  readonly settings: () => Pick<Settings, 'maxPromptTokens' | 'maxNewTokens'>;
  readonly newId: () => CompletionId;
  /** Where the cursor is; undefined where no document is open that is completed. */
  readonly placeNow: () => WantedPlace | undefined;
  /** Says something for a moment, or until something has happened. */
  readonly say: (text: string, until: number | PromiseLike<unknown>) => void;
  /** Runs one of VS Code's commands for ghost text, to its end. */
  readonly run: (command: OwnCommand) => PromiseLike<unknown>;
}

/** At most so many of them, beside the one on the screen: more than three nobody goes through. Tabby has as many. */
const otherCount = 2;

/** Long enough for a short sentence. */
const sayMs = 3000;

/** The completions of one place, the one that stood there first in front, and which of them is on the screen. */
interface Choice {
  readonly place: WantedPlace;
  readonly completions: readonly Completion[];
  readonly index: number;
}

/**
 * Other completions for the place of the one on the screen, written when the user wants to see them. VS
 * Code does not tell which of several it shows, so the steps are counted here; without them (a click
 * in its toolbar) the accepted one still names itself.
 */
export class Alternatives {
  readonly #options: AlternativesOptions;
  #choice: Choice | undefined;
  #isGrowing = false;
  /** How many of VS Code's commands run on our own account. */
  #runCount = 0;
  /** Where VS Code has asked for a completion that grew: there it does not ask a second time. */
  #grownAt: WantedPlace | undefined;

  constructor(options: AlternativesOptions) {
    this.#options = options;
  }

  /**
   * The completion on the screen. VS Code asks for it once more to step on from it, or when the pointer rests on it, and
   * does so as on the user's command to complete; whoever it asks for, it keeps what it shows in front.
   */
  get standingId(): CompletionId | undefined {
    const { lastId, shownId } = this.#options.offers;
    return this.#runCount === 0 ? shownId : lastId;
  }

  /** The completions to be had with one that the user asked for: others too, where it stood there already. */
  async with(first: Completion, place: WantedPlace, signal: AbortSignal): Promise<readonly Completion[]> {
    if (this.#isGrowing || this.#options.offers.lastId !== first.id) return [first];
    return (await this.#choiceAt(place, first, signal)).completions;
  }

  /** Lets the completion on the screen be asked for again, because there is more of it. */
  async grow(): Promise<void> {
    this.#isGrowing = true;
    this.#grownAt = this.#options.placeNow();
    try {
      await this.#run('showNext');
    } finally {
      this.#isGrowing = false;
    }
  }

  readonly showNext = (): Promise<void> => this.#step('showNext', 1);

  readonly showPrevious = (): Promise<void> => this.#step('showPrevious', -1);

  async #step(command: Step, by: 1 | -1): Promise<void> {
    const { say, placeNow, completer } = this.#options;
    const place = placeNow();
    const known = place && completer.knownAt(place);
    if (place !== undefined && known?.kind === 'completion' && known.id === this.#options.offers.lastId) {
      const choosing = this.#choiceAt(place, known, new AbortController().signal);
      say(`$(loading~spin) ${l10n.t('Attune writes others…')}`, choosing);
      const { completions } = await choosing;
      if (completions.length < 2) say(l10n.t('Attune has no other completion here.'), sayMs);
      if (this.#grownAt !== undefined && isSameCursor(this.#grownAt, place)) await this.#askAnew();
    }
    await this.#run(command);
    this.#note(by);
  }

  async #askAnew(): Promise<void> {
    this.#grownAt = undefined;
    await this.#run('hide');
    await this.#run('trigger');
  }

  async #run(command: OwnCommand): Promise<void> {
    this.#runCount += 1;
    try {
      await this.#options.run(command);
    } finally {
      this.#runCount -= 1;
    }
  }

  /** Counts a step that VS Code has made among the completions of the cursor's place. */
  #note(by: 1 | -1): void {
    const { placeNow, hear, completer, clock, askedAt } = this.#options;
    const [choice, now] = [this.#choice, placeNow()];
    if (choice === undefined || now === undefined || !isSameCursor(choice.place, now)) return;
    const { place, completions } = choice;
    if (completions.length < 2) return;
    const index = (choice.index + by + completions.length) % completions.length;
    this.#choice = { ...choice, index };
    const completion = completions[index]!;
    // What is typed along it, and the next question, go on with the one on the screen.
    completer.keep(place, completion);
    hear({ kind: 'offered', ...askedAt(place, clock.nowMs()), completion });
  }

  async #choiceAt(place: WantedPlace, first: Completion, signal: AbortSignal): Promise<Choice> {
    if (this.#choice !== undefined && isOf(this.#choice, place, first)) return this.#choice;
    const { engine, completer, settings, clock, newId, noteCompletionWanted } = this.#options;
    noteCompletionWanted();
    const { maxPromptTokens, maxNewTokens } = settings();
    const how = { ...completer.shownAt(place), maxPromptTokens, maxNewTokens, atMs: clock.nowMs() };
    // Behind one that is sure in part comes all that the model writes.
    const known = first.isSurePart === true ? {} : { first };
    const wanted = { ...how, id: newId(), count: 1 + otherCount, ...known };
    const written = await engine.alternatives(alternativesRequest(place, wanted), signal);
    const others = written.filter(({ text }) => text.trim() !== first.text.trim()).slice(0, otherCount);
    this.#choice = { place, completions: [first, ...others], index: 0 };
    for (const completion of others) this.#tellBehind(place, completion);
    return this.#choice;
  }

  #tellBehind(place: WantedPlace, completion: Completion): void {
    const { hear, clock, askedAt } = this.#options;
    hear({ kind: 'offered', ...askedAt(place, clock.nowMs()), completion, isBehind: true });
  }
}

/** Whether a choice is for a place, and of the policy that answers there now. */
function isOf({ place, completions }: Choice, asked: WantedPlace, { id }: Completion): boolean {
  return isSameCursor(place, asked) && completions.some((completion) => completion.id === id);
}
