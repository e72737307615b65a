import type { FeedbackCounts } from '../feedback/feedbackStore.ts';
import { withoutPrivate, type PrivateTexts } from './privateText.ts';

/** Something that went wrong, as the log has it. */
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
  if (Array.isArray(value)) return `${value.length} entries`;
  return typeof value === 'string' ? clean(value) : value;
}

/** Diagnostics as Markdown, ready to be pasted. */
export function diagnosticsText(diagnostics: Diagnostics): string {
  const { atMs, versions, machine, settings, problems } = diagnostics;
  return [
    `### Attune diagnostics, ${new Date(atMs).toISOString()}`,
    table([
      ...Object.entries(versions),
      ['System', machine.system],
      ['Processor', `${machine.processor}, ${machine.cores} threads`],
      ['Memory', `${gigabytes(machine.memoryBytes)}, ${gigabytes(machine.freeMemoryBytes)} free`],
      ...engineRows(diagnostics.engine),
      ...storeRows(diagnostics.store),
      ['Adapter', adapterText(diagnostics.adapters)],
    ]),
    titled(
      'Settings that are not at their defaults',
      Object.entries(settings).map(([name, value]) => `attune.${name}: ${JSON.stringify(value)}`),
    ),
    titled('Last problems', problems.map(problemLine)),
  ].join('\n\n');
}

type Row = readonly [string, string];

function engineRows(engine: EngineDiagnosis): Row[] {
  if (engine.kind === 'none') {
    return [
      ['Model', engine.model],
      ['Engine', `does not serve: ${engine.why}`],
    ];
  }
  const { speed, device, why, memoryBytes } = engine;
  return [
    ['ONNX Runtime', engine.runtimeVersion],
    ['Model', engine.model],
    ['Device', `${device}: ${why}`],
    ['Reads', `${speed.promptTokensPerSecond.toFixed(0)} prompt tokens/s`],
    ['Writes', `${speed.msPerToken.toFixed(1)} ms a token`],
    ['Engine', `${gigabytes(memoryBytes)} of memory`],
  ];
}

function storeRows(store: StoreDiagnosis | undefined): Row[] {
  if (store === undefined) return [['Store', 'none']];
  const { bytes, limitBytes, counts } = store;
  const limit = limitBytes === undefined ? '' : ` of ${megabytes(limitBytes)}`;
  return [
    ['Store', `${megabytes(bytes)}${limit}`],
    [
      'Stored',
      `${counts.completions} completions, ${counts.rankings} rankings, ${counts.demonstrations} demonstrations, ${counts.imported} imported, ${counts.damaged} damaged`,
    ],
    ['Outcomes', tallyText(counts.outcomes)],
    ['Nothing offered', tallyText(counts.nothingOffered)],
    ['Not stored', tallyText(counts.notStored)],
  ];
}

/** The most frequent first. */
function tallyText(times: Readonly<Record<string, number>>): string {
  const entries = Object.entries(times).sort(([, a], [, b]) => b - a);
  return entries.length === 0 ? 'none' : entries.map(([name, count]) => `${name} ${count}`).join(', ');
}

function adapterText({ count, servingId }: Diagnostics['adapters']): string {
  const serving = servingId === undefined ? 'none serves, the base model does' : `${servingId} serves`;
  return `${serving}; ${count} kept`;
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
  return [`**${title}**`, '', ...(lines.length === 0 ? ['none'] : lines.map((line) => `- ${line}`))].join(
    '\n',
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
