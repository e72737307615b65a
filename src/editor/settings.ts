import * as l10n from '@vscode/l10n';
import type { CompleterSettings } from '../completion/completer.ts';
import { minChances } from '../completion/confidence.ts';
import { sentence, type Sentence } from '../sentences/sentence.ts';

/** What package.json says of one setting; the name of its property is the key of the table below. */
export type SettingManifest = Readonly<Record<string, unknown>> & {
  readonly type: string | readonly string[];
  /** Absent: one value for the window. `language-overridable` settings may differ between folders as well. */
  readonly scope?: 'resource' | 'language-overridable';
  readonly default: unknown;
  readonly markdownDescription: string;
};

interface Setting<T> {
  /** The value that was written; undefined where it cannot be used. By hand: a schema would have its library loaded first of all. */
  readonly read: (written: unknown) => T | undefined;
  readonly fallback: T;
  readonly manifest: SettingManifest;
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

function wholeNumber(fallback: number, range: Range, description: string): Setting<number> {
  return {
    read: (written) => wholeNumberIn(range, written),
    fallback,
    manifest: { type: 'integer', default: fallback, ...range, markdownDescription: description },
  };
}

function onOff(fallback: boolean, description: string): Setting<boolean> {
  return {
    read: (written) => (isBoolean(written) ? written : undefined),
    fallback,
    manifest: { type: 'boolean', default: fallback, markdownDescription: description },
  };
}

function oneOf<const T extends string>(
  choices: Readonly<Record<T, string>>,
  fallback: NoInfer<T>,
  description: string,
): Setting<T> {
  const values = Object.keys(choices) as T[];
  return {
    read: (written) => values.find((value) => value === written),
    fallback,
    manifest: {
      type: 'string',
      default: fallback,
      enum: values,
      enumDescriptions: Object.values(choices),
      markdownDescription: description,
    },
  };
}

/** The models that Attune brings by itself, as the settings page describes them. */
export const modelDescriptions = {
  'qwen2.5-coder-0.5b': l10n.t('Knows code and fills in the middle. 491 MB to download.'),
  'smollm2-135m': l10n.t('Small and quick, for tests and weak machines. 98 MB to download.'),
  'qwen2.5-coder-1.5b': l10n.t(
    'Three times as large as the default, and as much slower. 1.1 GB to download.',
  ),
} as const;

const defaultModel = 'qwen2.5-coder-0.5b';

const model: Setting<string> = {
  read: (written) => (typeof written === 'string' && written.trim() !== '' ? written.trim() : undefined),
  fallback: defaultModel,
  manifest: {
    type: 'string',
    default: defaultModel,
    anyOf: [
      { enum: Object.keys(modelDescriptions), enumDescriptions: Object.values(modelDescriptions) },
      { minLength: 1 },
    ],
    markdownDescription:
      'The model that writes completions: `qwen2.5-coder-0.5b`, `smollm2-135m`, `qwen2.5-coder-1.5b`, ' +
      'or the path of a GGUF file or of a folder in Hugging Face’s layout (families llama, qwen2 and qwen3).',
  },
};

/** The same setting, with a value of its own for a folder or a language where the user wants it. */
function perLanguage<T>({ manifest, ...setting }: Setting<T>): Setting<T> {
  return { ...setting, manifest: { ...manifest, scope: 'language-overridable' } };
}

const languages: Setting<Readonly<Record<string, boolean>>> = {
  read: (written) => {
    if (typeof written !== 'object' || written === null || Array.isArray(written)) return undefined;
    const entries = Object.entries(written);
    return entries.every((entry): entry is [string, boolean] => isBoolean(entry[1]))
      ? Object.fromEntries(entries)
      : undefined;
  },
  fallback: { '*': true },
  manifest: {
    type: 'object',
    default: { '*': true },
    scope: 'resource',
    additionalProperties: { type: 'boolean' },
    markdownDescription:
      'Completions on or off by language identifier; `*` stands for every language that is not named.',
  },
};

const excluded: Setting<readonly string[]> = {
  read: (written) =>
    Array.isArray(written) && written.every((pattern) => typeof pattern === 'string') ? written : undefined,
  fallback: [],
  manifest: {
    type: 'array',
    default: [],
    items: { type: 'string' },
    markdownDescription:
      'Files whose text is never stored, as patterns in the syntax of `.gitignore`, relative to a workspace ' +
      'folder; a file `.attuneignore` beside them does the same. What Git ignores and files that hold keys are never stored anyway.',
  },
};

function wholeNumberOrAuto(range: Range, description: string): Setting<number | 'auto'> {
  return {
    read: (written) => (written === 'auto' ? written : wholeNumberIn(range, written)),
    fallback: 'auto',
    manifest: {
      type: ['string', 'integer'],
      default: 'auto',
      anyOf: [{ enum: ['auto'] }, range],
      markdownDescription: description,
    },
  };
}

const collectInWords = oneOf(
  {
    ask: 'Asks once in each workspace, and collects nothing before you said so.',
    on: 'Collects in every workspace, without asking.',
    off: 'Collects nothing, and asks nothing.',
  },
  'ask',
  'Whether what becomes of completions is stored on this machine, to learn from it. Nothing ever leaves the machine.',
);

/** A boolean is understood as well: nobody means by `false` to be asked. */
const collect: typeof collectInWords = {
  ...collectInWords,
  read: (written) => (isBoolean(written) ? (written ? 'on' : 'off') : collectInWords.read(written)),
};

/** From the most quiet to the most eager. */
export const showDescriptions = {
  onlyWhenAsked: l10n.t('Nothing, until you ask by the command “Attune: Trigger Completion”.'),
  rarely: l10n.t('Only what is rather right than wrong.'),
  balanced: l10n.t(
    'What is worth reading: right in one of four cases, or less often where you would miss too much.',
  ),
  eagerly: l10n.t('Whatever the model writes.'),
} as const;

/**
 * Every setting of Attune, by its name below `attune.`. package.json repeats this table, and a test
 * compares the two.
 */
export const settingTable = {
  enabled: perLanguage(onOff(true, 'Whether Attune completes code at all.')),
  model,
  device: oneOf(
    {
      auto: 'Tries the graphics card beside the CPU once for each model, and takes the faster.',
      cpu: 'Only the CPU.',
      webgpu: 'The graphics card, on all systems; the model in 4 bits.',
      cuda: 'NVIDIA cards, where ONNX Runtime has CUDA (Linux x64).',
      dml: 'DirectML (Windows).',
      coreml: 'Core ML (macOS).',
    },
    'auto',
    'Where the model runs. A device that is not there, or computes wrong numbers, is refused with a message.',
  ),
  threads: wholeNumber(
    0,
    { minimum: 0, maximum: 64 },
    'Threads for the model; 0 takes as many as the machine can run at once.',
  ),
  debounceMs: wholeNumberOrAuto(
    { minimum: 0, maximum: 2000 },
    'How long typing has to rest before a completion is shown, in milliseconds. It is written meanwhile. ' +
      '`auto` follows how fast you type: half of your keys come sooner.',
  ),
  maxPromptTokens: wholeNumberOrAuto(
    { minimum: 64, maximum: 2048 },
    'How much of the document the model sees, in tokens (about three characters of code each). Where it sees more it is ' +
      'mostly right more often, and it reads longer. `auto` takes 512 to 1536: about as many as the model was measured to read here in three quarters of a second.',
  ),
  projectCode: perLanguage(
    onOff(
      true,
      'Whether the model also sees code from other files of the workspace that is like what you write, up to 512 tokens of it. ' +
        'It is read from the disk as you left it, by the same rules as what is learned from, and is not kept. ' +
        'Models that were not trained on whole repositories do not see it.',
    ),
  ),
  maxNewTokens: wholeNumber(
    64,
    { minimum: 4, maximum: 256 },
    'How long a completion may be, in tokens. Most end sooner by themselves.',
  ),
  languages,
  show: perLanguage(
    oneOf(
      showDescriptions,
      'balanced',
      'How sure the model has to be to offer something by itself. It knows its chances after the first retraining; ' +
        'until then, and when you ask by a command, it offers whatever it writes.',
    ),
  ),
  completeProse: perLanguage(
    onOff(
      true,
      'Whether something is offered unasked in comments, doc strings, Markdown and plain text as well.',
    ),
  ),
  retrainSchedule: oneOf(
    {
      manual: 'Only by the command “Attune: Retrain Assistant”.',
      dailyWhenIdle:
        'Also by itself: once a day, on power, when nothing was typed for a while and there is enough to learn.',
    },
    'manual',
    'When Attune retrains.',
  ),
  retrainMethod: oneOf(
    {
      ppo: 'A reward model learned from your preferences, and PPO against it.',
      dpo: 'Direct preference optimisation: cheaper, from pairs of texts alone.',
      kto: 'Kahneman-Tversky optimisation: cheaper, from what was kept and what was refused.',
    },
    'ppo',
    'What follows supervised fine-tuning in a retraining.',
  ),
  retrainMinutes: wholeNumber(
    // A step of the 0.5B takes 11 s on two cores, and SFT has two thirds of the time (docs/learning.md, trainer/timeBudget.ts).
    12,
    { minimum: 0, maximum: 1440 },
    'How long a retraining may take, in minutes; 0 is no limit. Two thirds of 12 minutes are some 40 steps of fine-tuning ' +
      'with the default model on two cores, and more of them brought nothing more.',
  ),
  learnFromFiles: onOff(
    true,
    'Whether a retraining also learns from the source files of the workspace as they stand. They are kept only ' +
      'while it runs or can go on; what `#attune.store.excluded#` names and what Git ignores is left out.',
  ),
  learnFromGitHistory: onOff(
    false,
    'Whether a retraining learns first from the parts of these files that hold lines you wrote last, as the history of Git ' +
      'in the workspace has it. It runs `git log` and `git blame` on this machine, and keeps nothing of them.',
  ),
  collect,
  'store.limitMB': wholeNumber(
    // Some 30,000 completions with their context, months of work.
    512,
    { minimum: 10, maximum: 100_000 },
    'How much the store may hold, in megabytes of a million bytes. At the limit the oldest records go.',
  ),
  'store.excluded': excluded,
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

/** The name of a setting below `attune.`. */
export type SettingName = keyof typeof settingTable;

/** The value of every setting, as it is written. */
export type WrittenSettings = {
  readonly [Name in SettingName]: (typeof settingTable)[Name] extends Setting<infer T> ? T : never;
};

/** The same as they are followed on this machine. */
export type Settings = Omit<WrittenSettings, 'maxPromptTokens'> & { readonly maxPromptTokens: number };

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

/** A prompt that nobody has read yet is read by then, so that its first completion is there within a second. */
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
