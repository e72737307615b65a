import type { EngineState, LoadProgress } from '../process/clients.ts';
import { commandTable, type CommandId } from './commands.ts';
import type { SessionCounts } from './sessionOffers.ts';

/** How far a retraining is, for the status bar. */
export interface RetrainStatus {
  readonly stage: string;
  /** 0 to 1, of the stage. */
  readonly share: number;
  /** About how long the whole run still takes; absent while nobody can tell. */
  readonly minutesLeft?: number | undefined;
}

/** Everything that the status bar tells. */
export interface StatusFacts {
  readonly engine: EngineState;
  readonly isEnabled: boolean;
  /** Whether completions are on for the language of the active editor; true when there is none. */
  readonly isLanguageOn: boolean;
  /** Whether nothing is offered unasked in the document in front. Absent: it is. */
  readonly isOnlyWhenAsked?: boolean;
  /** Until when nothing is offered unasked; absent when it is. */
  readonly snoozedUntilMs?: number | undefined;
  /** Why nothing is offered in the document in front, as a sentence. Absent when something may be. */
  readonly whyNotHere?: string | undefined;
  /** Whether a completion is being written, for so long that one may wonder. */
  readonly isThinking?: boolean;
  /** Absent when nothing is being retrained. */
  readonly retraining?: RetrainStatus | undefined;
  readonly session: SessionCounts;
  /** Absent when there is no store. */
  readonly storedRecords?: number | undefined;
}

/** What the status bar item looks like. */
export interface Status {
  readonly text: string;
  /** What the item says in one sentence; the tooltip begins with it. */
  readonly sentence: string;
  readonly isFailed: boolean;
}

/** The state of Attune as one short text with an icon. */
export function statusOf(facts: StatusFacts): Status {
  const { engine, isEnabled, isLanguageOn, snoozedUntilMs, retraining } = facts;
  if (engine.kind === 'failed') return failed(engine.message);
  if (retraining !== undefined) return learning(retraining);
  if (!isEnabled) return shown('circle-slash', 'Attune off', 'Completions are off.');
  if (engine.kind === 'stopped') return shown('circle-slash', 'Attune off', 'No model is loaded.');
  if (engine.kind === 'loading') return loading(engine);
  if (!isLanguageOn) return shown('debug-pause', 'Attune paused', 'Completions are off for this language.');
  if (snoozedUntilMs !== undefined)
    return shown(
      'bell-slash',
      'Attune snoozed',
      `Nothing is offered unasked until ${timeOf(snoozedUntilMs)}.`,
    );
  const icon =
    facts.isThinking === true
      ? 'loading~spin'
      : facts.isOnlyWhenAsked === true
        ? 'circle-outline'
        : 'sparkle';
  return shown(icon, `Attune ${policyName(engine)}`, readySentence(facts, engine));
}

/** The tooltip, as lines of Markdown. */
export function tooltipOf(facts: StatusFacts): string {
  const { session, storedRecords, engine } = facts;
  const { shown: shownCount, accepted, kept, medianLatencyMs } = session;
  const notice = engine.kind === 'ready' ? engine.notice : undefined;
  const rows = [
    ['Shown in this session', String(shownCount)],
    ['Accepted', String(accepted)],
    ['Kept at the last look', String(kept)],
    ['Time to write one (median)', medianLatencyMs === undefined ? '–' : `${Math.round(medianLatencyMs)} ms`],
    ['Records stored', storedRecords === undefined ? 'none: there is no store' : String(storedRecords)],
  ];
  return [
    `**Attune** — ${statusOf(facts).sentence}`,
    ...(notice === undefined ? [] : [`$(warning) ${notice}`]),
    ...(facts.whyNotHere === undefined ? [] : [`$(info) ${facts.whyNotHere}`]),
    ...linksTo(remediesOf(facts)),
    ['| | |', '|---|--:|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n'),
  ].join('\n\n');
}

function learning({ stage, share, minutesLeft }: RetrainStatus): Status {
  const left = minutesLeft === undefined ? '' : `, ${minutesLeft} min left`;
  return shown(
    'sync~spin',
    `Attune ${stage} ${percent(share)}${left}`,
    `Learning from your feedback${left}.`,
  );
}

/** Commands that help in a state, for links in the tooltip: what has failed or stands still has a remedy. */
export function remediesOf({ engine, isEnabled }: StatusFacts): readonly CommandId[] {
  if (engine.kind === 'failed') return ['attune.startEngine', 'attune.chooseModel', 'attune.showDiagnostics'];
  if (engine.kind === 'stopped') return ['attune.startEngine'];
  return isEnabled ? [] : ['attune.toggle'];
}

/** The phases of bringing a model, in words. */
const phaseWords: Readonly<Record<string, string>> = {
  start: 'Starting the engine',
  restart: 'Starting the engine again',
  download: 'Downloading the model',
  join: 'Joining the parts of the model',
  verify: 'Checking the model',
  convert: 'Converting the model',
  merge: 'Merging the adapter into the model',
  load: 'Loading the model',
};

/** What the engine is doing while it loads, with the share that is done where that is known. */
export function loadingText({ phase, doneBytes, totalBytes }: LoadProgress): string {
  const words = phaseWords[phase] ?? phase;
  return totalBytes === 0
    ? words
    : `${words}: ${percent(doneBytes / totalBytes)} of ${megabytes(totalBytes)}`;
}

function linksTo(commands: readonly CommandId[]): string[] {
  const links = commands.map((id) => `[${commandTable[id].title}](command:${id})`);
  return links.length === 0 ? [] : [links.join(' · ')];
}

/** The engine on its way to serving. */
export type LoadingState = Extract<EngineState, { kind: 'loading' }>;
type ReadyState = Extract<EngineState, { kind: 'ready' }>;

function loading(state: LoadingState): Status {
  const { doneBytes, totalBytes } = state;
  const share = totalBytes === 0 ? 'loading' : `loading ${percent(doneBytes / totalBytes)}`;
  return shown('loading~spin', `Attune ${share}`, `${loadingText(state)}.`);
}

function failed(message: string): Status {
  return { text: '$(error) Attune failed', sentence: message, isFailed: true };
}

function shown(icon: string, text: string, sentence: string): Status {
  return { text: `$(${icon}) ${text}`, sentence, isFailed: false };
}

function readySentence(
  { isOnlyWhenAsked = false, isThinking = false }: StatusFacts,
  { policyId }: ReadyState,
): string {
  const when = isOnlyWhenAsked ? 'Offers something only when you ask. ' : '';
  return `${isThinking ? 'Writing a completion.' : 'Ready.'} ${when}Policy: ${policyId}.`;
}

/** The time of day, as the user's language writes it. */
function timeOf(atMs: number): string {
  return new Date(atMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** `base`, or the adapter's day and the end of its id, which tells it from others of that day. */
function policyName({ adapterId }: ReadyState): string {
  return adapterId === undefined ? 'base' : `${adapterId.slice(0, 10)} ${adapterId.slice(-4)}`;
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
