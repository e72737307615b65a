import * as l10n from '@vscode/l10n';
import type { EngineState, LoadProgress } from '../../process/clients.ts';
import type { MissingModel } from '../../process/missingModel.ts';
import { decimals } from '../../sentences/decimals.ts';
import { told } from '../../sentences/told.ts';
import { commandTitles, type CommandId } from '../commands.ts';
import { recentLatencies, type SessionCounts } from '../typing/sessionOffers.ts';

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
  /** What has to be downloaded before anything can serve, and is not before the user says so. Absent: nothing. */
  readonly missing?: MissingModel | undefined;
  /** Whether the model is started as soon as there is something to complete. Absent: it is not. */
  readonly isWaiting?: boolean;
  /** Absent when nothing is being retrained. */
  readonly retraining?: RetrainStatus | undefined;
  readonly session: SessionCounts;
  /** Absent as long as nobody needed the store. */
  readonly storedRecords?: StoredCount | undefined;
}

/** How many records the store holds, where there is one. */
export type StoredCount = number | 'noStore';

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
  if (engine.kind === 'failed') return failed(told(engine.sentence));
  if (retraining !== undefined) return learning(retraining);
  if (!isEnabled) return shown('circle-slash', l10n.t('Attune off'), l10n.t('Completions are off.'));
  if (engine.kind === 'stopped' && facts.isWaiting !== true) return stopped(facts.missing);
  if (engine.kind === 'loading') return loading(engine);
  if (!isLanguageOn)
    return shown('debug-pause', l10n.t('Attune paused'), l10n.t('Completions are off for this language.'));
  if (snoozedUntilMs !== undefined)
    return shown(
      'bell-slash',
      l10n.t('Attune snoozed'),
      l10n.t('Nothing is offered unasked until {0}.', timeOf(snoozedUntilMs)),
    );
  if (engine.kind === 'stopped')
    return shown(
      'circle-outline',
      'Attune',
      l10n.t('The model is loaded with the first document to complete.'),
    );
  const icon =
    facts.isThinking === true
      ? 'loading~spin'
      : facts.isOnlyWhenAsked === true
        ? 'circle-outline'
        : 'sparkle';
  return shown(icon, `Attune ${policyName(engine)}`, readySentence(facts, engine));
}

/** Why nothing comes though somebody asks for it, and which commands help. */
export interface Standstill {
  readonly sentence: string;
  readonly remedies: readonly CommandId[];
}

/** Undefined where a completion may come. */
export function standstillOf(facts: StatusFacts): Standstill | undefined {
  const { engine, isEnabled, isLanguageOn } = facts;
  // What is asked for while an engine comes back waits for it.
  const mayAnswer = engine.kind === 'ready' || (engine.kind === 'loading' && engine.returning !== undefined);
  if (mayAnswer && isEnabled && isLanguageOn) return undefined;
  // A retraining shows in the status bar before all else, and keeps nothing from being offered.
  const { sentence } = statusOf({ ...facts, retraining: undefined });
  return { sentence, remedies: remediesOf(facts) };
}

/** The tooltip, as lines of Markdown. */
export function tooltipOf(facts: StatusFacts): string {
  return [
    `**Attune** — ${asMarkdown(statusOf(facts).sentence)}`,
    ...notesOf(facts).map(({ icon, text }) => `$(${icon}) ${asMarkdown(text)}`),
    ...linksTo(remediesOf(facts), facts),
    ['| | |', '|---|--:|', ...rowsOf(facts).map(([name, value]) => `| ${name} | ${value} |`)].join('\n'),
  ].join('\n\n');
}

/** The item and its tooltip for whoever hears them: VS Code would read the marks of icons and tables out. */
export function spokenOf(facts: StatusFacts): string {
  const { text, sentence } = statusOf(facts);
  const rows = rowsOf(facts).map(([name, value]) => `${name}: ${value}.`);
  const [, item = text] = /^\$\([^)]*\) (.*)$/.exec(text) ?? [];
  return [`${item}.`, sentence, ...notesOf(facts).map((note) => note.text), ...rows].join(' ');
}

/** What else is to be known. */
function notesOf(facts: StatusFacts): readonly { readonly icon: string; readonly text: string }[] {
  const { engine, whyNotHere, session } = facts;
  const ready = engine.kind === 'ready' ? engine : undefined;
  return [
    ...(ready?.notice === undefined ? [] : [{ icon: 'warning', text: told(ready.notice) }]),
    ...(ready?.seesOnlyBefore === undefined ? [] : [{ icon: 'info', text: blindness }]),
    ...(whyNotHere === undefined ? [] : [{ icon: 'info', text: whyNotHere }]),
    ...(isSlow(facts) ? [{ icon: 'warning', text: slowness(session.medianLatencyMs ?? 0) }] : []),
  ];
}

/** What can be counted, by its name. */
function rowsOf({ session, storedRecords }: StatusFacts): readonly (readonly [string, string])[] {
  const { shown: shownCount, accepted, kept, medianLatencyMs } = session;
  return [
    [l10n.t('Shown in this session'), String(shownCount)],
    [l10n.t('Accepted'), String(accepted)],
    [l10n.t('Kept at the last look'), String(kept)],
    [
      l10n.t('Time to write one (median)'),
      medianLatencyMs === undefined ? '–' : `${Math.round(medianLatencyMs)} ms`,
    ],
    ...(storedRecords === undefined ? [] : [[l10n.t('Records stored'), storedText(storedRecords)] as const]),
  ];
}

/** A text as it stands: what it quotes, such as a path of Windows, is no markup. */
function asMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>~|]|\$(?=\()/g, String.raw`\$&`);
}

/** What a model lacks that was not trained for what an editor asks. */
const blindness = l10n.t(
  'This model was not trained to fill in the middle: it sees only what stands before the cursor.',
);

/** Whether the model that serves keeps the user waiting. */
function isSlow({ engine, session }: StatusFacts): boolean {
  return engine.kind === 'ready' && session.isSlow === true && session.policyId === engine.policyId;
}

function slowness(medianMs: number): string {
  return l10n.t(
    'Completions take long on this machine: {0} s to write one, at the median of the last {1}. A smaller model is quicker.',
    decimals(medianMs / 1000, 1),
    recentLatencies,
  );
}

function storedText(count: StoredCount): string {
  return count === 'noStore' ? l10n.t('none: there is no store') : String(count);
}

function learning({ stage, share, minutesLeft }: RetrainStatus): Status {
  const text = `Attune ${stage} ${percent(share)}`;
  return minutesLeft === undefined
    ? shown('sync~spin', text, l10n.t('Learning from your feedback.'))
    : shown(
        'sync~spin',
        l10n.t('{0}, {1} min left', text, minutesLeft),
        l10n.t('Learning from your feedback, {0} min left.', minutesLeft),
      );
}

/** Commands that help in a state, for links in the tooltip: what has failed, stands still or is slow has a remedy. */
export function remediesOf(facts: StatusFacts): readonly CommandId[] {
  const { engine, isEnabled, isLanguageOn, isWaiting, missing } = facts;
  if (engine.kind === 'failed') return ['attune.startEngine', 'attune.chooseModel', 'attune.showDiagnostics'];
  if (!isEnabled) return ['attune.toggle'];
  if (!isLanguageOn && (engine.kind !== 'stopped' || isWaiting === true)) return ['attune.toggleLanguage'];
  if (engine.kind === 'stopped')
    return [...(missing === undefined ? [] : (['attune.chooseModel'] as const)), 'attune.startEngine'];
  return isSlow(facts) ? ['attune.chooseModel'] : [];
}

/** The phases of bringing a model, in words. */
const phaseWords: Readonly<Record<string, string>> = {
  start: l10n.t('Starting the engine'),
  restart: l10n.t('Starting the engine again'),
  download: l10n.t('Downloading the model'),
  join: l10n.t('Joining the parts of the model'),
  verify: l10n.t('Checking the model'),
  convert: l10n.t('Converting the model'),
  merge: l10n.t('Merging the adapter into the model'),
  load: l10n.t('Loading the model'),
};

/** What the engine is doing while it loads, with the share that is done where that is known. */
export function loadingText({ phase, doneBytes, totalBytes }: LoadProgress): string {
  const words = phaseWords[phase] ?? phase;
  return totalBytes === 0
    ? words
    : l10n.t('{0}: {1} of {2}', words, percent(doneBytes / totalBytes), megabytes(totalBytes));
}

function linksTo(commands: readonly CommandId[], facts: StatusFacts): string[] {
  const links = commands.map((id) => `[${remedyTitle(id, facts)}](command:${id})`);
  return links.length === 0 ? [] : [links.join(' · ')];
}

/** The engine on its way to serving. */
export type LoadingState = Extract<EngineState, { kind: 'loading' }>;
type ReadyState = Extract<EngineState, { kind: 'ready' }>;

function loading(state: LoadingState): Status {
  const { doneBytes, totalBytes } = state;
  const text =
    totalBytes === 0
      ? l10n.t('Attune loading')
      : l10n.t('Attune loading {0}', percent(doneBytes / totalBytes));
  return shown('loading~spin', text, `${loadingText(state)}.`);
}

function stopped(missing: MissingModel | undefined): Status {
  if (missing === undefined)
    return shown('circle-slash', l10n.t('Attune off'), l10n.t('No model is loaded.'));
  const sentence = l10n.t(
    'The model {0} is not on this machine yet, and is not downloaded before you say so: choose one, or download this one ({1}).',
    missing.model,
    megabytes(missing.bytes),
  );
  return shown('cloud-download', l10n.t('Attune: choose a model'), sentence);
}

/** What a command is called that helps. */
export function remedyTitle(id: CommandId, facts: Pick<StatusFacts, 'missing'>): string {
  return id === 'attune.startEngine' ? startTitle(facts) : commandTitles[id];
}

/** What starting the model is called, where that downloads it first. */
export function startTitle({ missing }: Pick<StatusFacts, 'missing'>): string {
  return missing === undefined
    ? commandTitles['attune.startEngine']
    : l10n.t('Download {0} ({1})', missing.model, megabytes(missing.bytes));
}

function failed(message: string): Status {
  return { text: `$(error) ${l10n.t('Attune failed')}`, sentence: message, isFailed: true };
}

function shown(icon: string, text: string, sentence: string): Status {
  return { text: `$(${icon}) ${text}`, sentence, isFailed: false };
}

function readySentence(
  { isOnlyWhenAsked = false, isThinking = false }: StatusFacts,
  { policyId }: ReadyState,
): string {
  const sentences = [
    isThinking ? l10n.t('Writing a completion.') : l10n.t('Ready.'),
    ...(isOnlyWhenAsked ? [l10n.t('Offers something only when you ask.')] : []),
    l10n.t('Policy: {0}.', policyId),
  ];
  return sentences.join(' ');
}

/** The time of day, as the user's language writes it. */
function timeOf(atMs: number): string {
  return new Date(atMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** `base`, or the adapter's day and the end of its id, which tells it from others of that day. */
function policyName({ adapterId }: ReadyState): string {
  return adapterId === undefined ? l10n.t('base') : `${adapterId.slice(0, 10)} ${adapterId.slice(-4)}`;
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
