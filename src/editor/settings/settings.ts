import * as l10n from '@vscode/l10n';
import type { CompleterSettings } from '../../completion/completer.ts';
import { minChances } from '../../completion/trimming/confidence.ts';
import { sentence, type Sentence } from '../../sentences/sentence.ts';

interface Setting<T> {
  /** The value that was written; undefined where it cannot be used. By hand: a schema would have its library loaded first of all. */
  readonly read: (written: unknown) => T | undefined;
  readonly fallback: T;
}

interface Choice<T extends string> extends Setting<T> {
  readonly choices: readonly T[];
}

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

function wholeNumberIn({ minimum, maximum }: Range, written: unknown): number | undefined {
  const isWhole = typeof written === 'number' && Number.isInteger(written);
  return isWhole && minimum <= written && written <= maximum ? written : undefined;
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function wholeNumber(fallback: number, range: Range): Setting<number> {
  return { read: (written) => wholeNumberIn(range, written), fallback };
}

function wholeNumberOrAuto(range: Range): Setting<number | 'auto'> {
  return {
    read: (written) => (written === 'auto' ? written : wholeNumberIn(range, written)),
    fallback: 'auto',
  };
}

function onOff(fallback: boolean): Setting<boolean> {
  return { read: (written) => (isBoolean(written) ? written : undefined), fallback };
}

function oneOf<const T extends string>(choices: readonly T[], fallback: NoInfer<T>): Choice<T> {
  return { read: (written) => choices.find((choice) => choice === written), fallback, choices };
}

/** The models that Attune brings by itself, as the settings page describes them. */
export const modelDescriptions = {
  'qwen2.5-coder-0.5b': l10n.t('Knows code and fills in the middle. 491 MB to download.'),
  'smollm2-135m': l10n.t('Small and quick, for tests and weak machines. 98 MB to download.'),
  'qwen2.5-coder-1.5b': l10n.t(
    'Three times as large as the default, and as much slower. 1.1 GB to download.',
  ),
} as const;

const model: Setting<string> = {
  read: (written) => (typeof written === 'string' && written.trim() !== '' ? written.trim() : undefined),
  fallback: 'qwen2.5-coder-0.5b',
};

const languages: Setting<Readonly<Record<string, boolean>>> = {
  read: (written) => {
    if (typeof written !== 'object' || written === null || Array.isArray(written)) return undefined;
    const entries = Object.entries(written);
    return entries.every((entry): entry is [string, boolean] => isBoolean(entry[1]))
      ? Object.fromEntries(entries)
      : undefined;
  },
  fallback: { '*': true },
};

const excluded: Setting<readonly string[]> = {
  read: (written) =>
    Array.isArray(written) && written.every((pattern) => typeof pattern === 'string') ? written : undefined,
  fallback: [],
};

const collectInWords = oneOf(['ask', 'on', 'off'], 'ask');

/** A boolean is understood as well: nobody means by `false` to be asked. */
const collect: typeof collectInWords = {
  ...collectInWords,
  read: (written) => (isBoolean(written) ? (written ? 'on' : 'off') : collectInWords.read(written)),
};

/** What `show` can be, from the most quiet to the most eager, as the settings page describes it. */
export const showDescriptions = {
  onlyWhenAsked: l10n.t('Nothing, until you ask by the command “Attune: Trigger Completion”.'),
  rarely: l10n.t('First lines that are right in one of four cases or more, further lines in one of two.'),
  balanced: l10n.t(
    'First lines that are right in one of eight cases or more, further lines in one of four; what hardly saves a key is left out.',
  ),
  eagerly: l10n.t('Whatever the model writes.'),
} as const;

/**
 * Every setting of Attune, by its name below `attune.`. What each is for is said in package.json, and a test
 * holds names, defaults, ranges and choices of the two together.
 */
export const settingTable = {
  enabled: onOff(true),
  model,
  device: oneOf(['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'], 'auto'),
  threads: wholeNumber(0, { minimum: 0, maximum: 64 }),
  debounceMs: wholeNumberOrAuto({ minimum: 0, maximum: 2000 }),
  maxPromptTokens: wholeNumberOrAuto({ minimum: 64, maximum: 2048 }),
  projectCode: onOff(true),
  maxNewTokens: wholeNumber(64, { minimum: 4, maximum: 256 }),
  languages,
  show: oneOf(['onlyWhenAsked', 'rarely', 'balanced', 'eagerly'], 'balanced'),
  completeProse: onOff(true),
  retrainSchedule: oneOf(['manual', 'dailyWhenIdle'], 'manual'),
  retrainMethod: oneOf(['ppo', 'dpo', 'kto'], 'ppo'),
  // A step of the 0.5B takes 11 s on two cores, and SFT has two thirds of the time (docs/learning.md, trainer/timeBudget.ts).
  retrainMinutes: wholeNumber(12, { minimum: 0, maximum: 1440 }),
  learnFromFiles: onOff(true),
  learnFromGitHistory: onOff(false),
  collect,
  // Some 30,000 completions with their context, months of work.
  'store.limitMB': wholeNumber(512, { minimum: 10, maximum: 100_000 }),
  'store.excluded': excluded,
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

/** The name of a setting below `attune.`. */
export type SettingName = keyof typeof settingTable;

/** The value of every setting, as it is written. */
export type WrittenSettings = {
  readonly [Name in SettingName]: (typeof settingTable)[Name] extends Setting<infer T> ? T : never;
};

/** The same as they are followed on this machine. */
export type Settings = Omit<WrittenSettings, 'maxPromptTokens'> & {
  readonly maxPromptTokens: number;
  /** What each folder of the window says for itself; absent in the settings of a document. */
  readonly folders?: readonly FolderSettings[];
};

/** What is stored of a folder depends on its own settings, wherever it is open. */
export interface FolderSettings extends Pick<WrittenSettings, 'collect' | 'store.excluded'> {
  /** Its absolute path. */
  readonly folder: string;
}

/** A setting that cannot be used as it is written. */
export interface SettingProblem {
  readonly name: SettingName;
  readonly sentence: Sentence;
}

/** Settings that can be used, and what was wrong with those that could not. */
export interface ParsedSettings {
  readonly settings: WrittenSettings;
  /** One for each that cannot be used. */
  readonly problems: readonly SettingProblem[];
}

/** What `collect` was called in 0.1.0, a boolean. It is still obeyed: an update must not store what was not to be stored. */
export const formerCollectName = 'store.enabled';

/** The settings as the user wrote them; a value that cannot be used is replaced by the default. */
export function parseSettings(
  read: (name: SettingName | typeof formerCollectName) => unknown,
): ParsedSettings {
  const parsed = (Object.keys(settingTable) as SettingName[]).map((name) => parseSetting(name, read(name)));
  return withFormerCollect(read(formerCollectName), {
    settings: Object.fromEntries(parsed.map(({ name, value }) => [name, value])) as WrittenSettings,
    problems: parsed.flatMap(({ problem }) => problem ?? []),
  });
}

/** `off` holds under the former name whatever stands under the new one, `on` only where nothing does. */
function withFormerCollect(written: unknown, parsed: ParsedSettings): ParsedSettings {
  const former = isBoolean(written) ? collect.read(written) : undefined;
  if (former === undefined) return parsed;
  const value = former === 'on' && parsed.settings.collect !== 'ask' ? parsed.settings.collect : former;
  const told = sentence`The setting attune.store.enabled is called attune.collect now, which is ${JSON.stringify(value)} for as long as the old one stands there. Take the old one out.`;
  return {
    settings: { ...parsed.settings, collect: value },
    problems: [...parsed.problems, { name: 'collect', sentence: told }],
  };
}

function parseSetting(name: SettingName, written: unknown) {
  const { read, fallback }: Setting<unknown> = settingTable[name];
  if (written === undefined) return { name, value: fallback };
  const value = read(written);
  if (value !== undefined) return { name, value };
  const problem = sentence`The setting attune.${name} cannot be ${JSON.stringify(written)}; ${JSON.stringify(fallback)} is used.`;
  return { name, value: fallback, problem: { name, sentence: problem } };
}

/**
 * A prompt that nobody has read yet is read by then, so that its first completion is there within a second where it shows no code of
 * other files.
 */
const promptSeconds = 0.75;

/**
 * With 1024 tokens in place of 512 the 0.5B was right for more characters on five of six projects, with 1536 for more yet on
 * the two that were looked at (docs/learning.md); beyond that nothing was measured. The speed is that of a short prompt, and
 * attention makes longer prompts somewhat slower.
 */
const automaticTokens = { minimum: 512, maximum: 1536, step: 128 };

/**
 * The settings as they are followed where a model reads so many tokens a second; undefined where that is not known.
 */
export function settingsAt(
  { maxPromptTokens, ...others }: WrittenSettings,
  promptTokensPerSecond: number | undefined,
): Settings {
  if (maxPromptTokens !== 'auto') return { ...others, maxPromptTokens };
  const { minimum, maximum, step } = automaticTokens;
  const inTime = Math.floor(((promptTokensPerSecond ?? 0) * promptSeconds) / step) * step;
  return { ...others, maxPromptTokens: Math.min(maximum, Math.max(minimum, inTime)) };
}

/** The settings that are not at their defaults. */
export function changedSettings(settings: WrittenSettings): Partial<WrittenSettings> {
  const isChanged = ([name, value]: [string, unknown]): boolean =>
    JSON.stringify(value) !== JSON.stringify(settingTable[name as SettingName].fallback);
  return Object.fromEntries(Object.entries(settings).filter(isChanged));
}

/**
 * Whether completions are on for a language, as the completer reads the setting.
 *
 * @param languageId undefined where no document is open.
 */
export function isLanguageOn(languages: Settings['languages'], languageId = '*'): boolean {
  return languages[languageId] ?? languages['*'] ?? true;
}

/**
 * Between two keys of somebody who is typing pass 100 to 250 ms; who waits for longer is reading what
 * is on the screen.
 */
const writeAheadAfterMs = 300;

/**
 * As long as typing rests by default, so that writing begins at the key there; who sets a longer rest, or
 * is given one for refusing much, wants fewer completions, and has them begun no sooner before its end.
 */
const headStartMs = 125;

/** The settings as the completer takes them. */
export function completerSettings(settings: Settings): CompleterSettings {
  const { enabled, languages, debounceMs, maxPromptTokens, maxNewTokens, projectCode, show } = settings;
  const isOnlyWhenAsked = show === 'onlyWhenAsked';
  const minChance = isOnlyWhenAsked ? 1 : minChances[show];
  return {
    isEnabled: enabled,
    ...{ isOnlyWhenAsked, isProseLeftOut: !settings.completeProse, projectCode },
    ...{ languages, debounceMs, headStartMs, maxPromptTokens, maxNewTokens, minChance, writeAheadAfterMs },
  };
}
