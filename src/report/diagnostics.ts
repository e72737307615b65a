import * as l10n from '@vscode/l10n';
import type { FeedbackCounts } from '../feedback/storing/feedbackStore.ts';
import { decimals } from '../sentences/decimals.ts';
import { withoutPrivate, type PrivateTexts } from './privateText.ts';

/** Something that went wrong. */
export interface Problem {
  readonly atMs: number;
  readonly severity: 'warn' | 'error';
  readonly text: string;
}

/** The engine that runs, or why there is none. */
export type EngineDiagnosis =
  | {
      readonly kind: 'serves';
      readonly model: string;
      readonly device: string;
      /** Why there. */
      readonly why: string;
      /** Of ONNX Runtime. */
      readonly runtimeVersion: string;
      readonly speed: { readonly promptTokensPerSecond: number; readonly msPerToken: number };
      /** Of its process. */
      readonly memoryBytes: number;
    }
  | { readonly kind: 'none'; readonly model: string; readonly why: string };

/** What Attune and its machine are like, for whoever shall help. */
export interface Diagnostics {
  readonly atMs: number;
  /** By program. */
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: {
    readonly system: string;
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly freeMemoryBytes: number;
  };
  readonly engine: EngineDiagnosis;
  /** Tokens of a document that the model is shown at most. */
  readonly maxPromptTokens: number;
  /** Absent when there is no store, or it cannot be read. */
  readonly store?: StoreDiagnosis | undefined;
  readonly adapters: {
    readonly count: number;
    /** Absent when the base model serves alone. */
    readonly servingId?: string | undefined;
  };
  /** Those that are not at their defaults, by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Oldest first. */
  readonly problems: readonly Problem[];
}

/** What the store holds and takes. */
export interface StoreDiagnosis {
  readonly bytes: number;
  /** Absent where there is no limit. */
  readonly limitBytes?: number | undefined;
  readonly counts: FeedbackCounts;
}

/** The same without anything private: this is what is shown, as text or as JSON. */
export function shareable(diagnostics: Diagnostics, secret: PrivateTexts): Diagnostics {
  const clean = (text: string): string => withoutPrivate(text, secret);
  const { engine, problems, settings } = diagnostics;
  return {
    ...diagnostics,
    engine: { ...engine, model: clean(engine.model), why: clean(engine.why) },
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [name, cleanValue(value, clean)]),
    ),
    problems: problems.map((problem) => ({ ...problem, text: clean(problem.text) })),
  };
}

/** Lists and maps of a user's name files and languages: how many there are tells enough. */
function cleanValue(value: unknown, clean: (text: string) => string): unknown {
  if (Array.isArray(value)) return l10n.t('{0} entries', value.length);
  return typeof value === 'string' ? clean(value) : value;
}

/** Diagnostics as Markdown, ready to be pasted. */
export function diagnosticsText(diagnostics: Diagnostics): string {
  const { atMs, versions, machine, settings, problems } = diagnostics;
  return [
    `### ${l10n.t('Attune diagnostics, {0}', new Date(atMs).toISOString())}`,
    table([
      ...Object.entries(versions),
      [l10n.t('System'), machine.system],
      [l10n.t('Processor'), l10n.t('{0}, {1} threads', machine.processor, machine.cores)],
      [
        l10n.t('Memory'),
        l10n.t('{0}, {1} free', gigabytes(machine.memoryBytes), gigabytes(machine.freeMemoryBytes)),
      ],
      ...engineRows(diagnostics.engine),
      [l10n.t('Sees'), l10n.t('{0} tokens at most', diagnostics.maxPromptTokens)],
      ...storeRows(diagnostics.store),
      [l10n.t('Adapter'), adapterText(diagnostics.adapters)],
    ]),
    titled(
      l10n.t('Settings that are not at their defaults'),
      Object.entries(settings).map(([name, value]) => `attune.${name}: ${JSON.stringify(value)}`),
    ),
    titled(l10n.t('Last problems'), problems.map(problemLine)),
  ].join('\n\n');
}

type Row = readonly [string, string];

function engineRows(engine: EngineDiagnosis): Row[] {
  if (engine.kind === 'none') {
    return [
      [l10n.t('Model'), engine.model],
      [l10n.t('Engine'), l10n.t('does not serve: {0}', engine.why)],
    ];
  }
  const { speed, device, why, memoryBytes } = engine;
  return [
    ['ONNX Runtime', engine.runtimeVersion],
    [l10n.t('Model'), engine.model],
    [l10n.t('Device'), `${device}: ${why}`],
    [l10n.t('Reads'), l10n.t('{0} prompt tokens/s', speed.promptTokensPerSecond.toFixed(0))],
    [l10n.t('Writes'), l10n.t('{0} ms a token', decimals(speed.msPerToken, 1))],
    [l10n.t('Engine'), l10n.t('{0} of memory', gigabytes(memoryBytes))],
  ];
}

function storeRows(store: StoreDiagnosis | undefined): Row[] {
  if (store === undefined) return [[l10n.t('Store'), l10n.t('none')]];
  const { bytes, limitBytes, counts } = store;
  const size = megabytes(bytes);
  const { completions, rankings, demonstrations, imported, damaged } = counts;
  return [
    [l10n.t('Store'), limitBytes === undefined ? size : l10n.t('{0} of {1}', size, megabytes(limitBytes))],
    [
      l10n.t('Stored'),
      l10n.t(
        '{0} completions, {1} rankings, {2} demonstrations, {3} imported, {4} damaged',
        ...([completions, rankings, demonstrations, imported, damaged] as const),
      ),
    ],
    [l10n.t('Outcomes'), tallyText(counts.outcomes)],
    [l10n.t('Nothing offered'), tallyText(counts.nothingOffered)],
    [l10n.t('Not stored'), tallyText(counts.notStored)],
  ];
}

/** The most frequent first. */
function tallyText(times: Readonly<Record<string, number>>): string {
  const entries = Object.entries(times).sort(([, a], [, b]) => b - a);
  return entries.length === 0 ? none() : entries.map(([name, count]) => `${name} ${count}`).join(', ');
}

function adapterText({ count, servingId }: Diagnostics['adapters']): string {
  const serving =
    servingId === undefined ? l10n.t('none serves, the base model does') : l10n.t('{0} serves', servingId);
  return l10n.t('{0}; {1} kept', serving, count);
}

/** Of a list or a place that is empty. */
function none(): string {
  return l10n.t({ message: 'none', comment: 'Nothing is in a list, or there is no such thing' });
}

function problemLine({ atMs, severity, text }: Problem): string {
  return `${new Date(atMs).toISOString()} ${severity}: ${text}`;
}

function table(rows: readonly Row[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`)].join(
    '\n',
  );
}

function titled(title: string, lines: readonly string[]): string {
  return [`**${title}**`, '', ...(lines.length === 0 ? [none()] : lines.map((line) => `- ${line}`))].join(
    '\n',
  );
}

function gigabytes(bytes: number): string {
  return `${decimals(bytes / 1e9, 1)} GB`;
}

function megabytes(bytes: number): string {
  return `${decimals(bytes / 1e6, 1)} MB`;
}
