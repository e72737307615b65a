import type { Command } from 'commander';
import { completeAt } from '../completion/completeAt.ts';
import type { CompletionId, CompletionResult, NoCompletionReason } from '../completion/completion.ts';
import { contextAround } from '../completion/prompt/context.ts';
import { languageIdOf } from '../completion/syntax/languages.ts';
import type { DevicePolicy } from '../engine/generation/loadPolicyOn.ts';
import type { BaseModel } from '../engine/generation/modelPolicy.ts';
import type { Policy } from '../engine/policy.ts';
import { dataPathsIn } from '../process/dataFolder.ts';
import {
  loadServingPolicy,
  readServingAdapter,
  type ServingAdapter,
  type ServingOptions,
} from '../process/serving/servingPolicy.ts';
import { inEnglish } from '../sentences/sentence.ts';
import { giveAnswer, jsonOption, type AnswerOptions } from './answer.ts';
import { offsetOf, parseCursor, type CursorArgument } from './cursorArgument.ts';
import { bringModel, showInMegabytes } from './models.ts';
import { limitsOf, modelOption, optionalDataOption, promptTokensOption, threadsOption } from './options.ts';
import { readText, requireFile, requireFolder } from './paths.ts';
import type { Terminal } from './terminal.ts';

/** What `complete` is asked for. */
interface CompleteOptions extends AnswerOptions {
  readonly model: string;
  /** Absent: the base model writes alone. */
  readonly data?: string;
  readonly threads: number;
  readonly maxPromptTokens: number;
}

/** The command `complete`. */
export function addCompleteCommand(program: Command, terminal: Terminal): void {
  program
    .command('complete')
    .description('Print the completion that would be offered at a cursor, by its document alone.')
    .argument('<file:line:column>', 'the cursor, line and column counted from 1', parseCursor)
    .addOption(modelOption())
    .addOption(optionalDataOption('the base model alone'))
    .addOption(threadsOption())
    .addOption(promptTokensOption())
    .addOption(jsonOption())
    .action((cursor: CursorArgument, options: CompleteOptions) => complete(cursor, options, terminal));
}

async function complete(cursor: CursorArgument, options: CompleteOptions, terminal: Terminal): Promise<void> {
  await requireFile(cursor.path);
  const text = await readText(cursor.path);
  const offset = offsetOf(cursor, text);
  if (options.data !== undefined) await requireFolder(options.data);
  const base = await bringModel(options.model, terminal);
  const serving = await servingAdapter(base, options);
  if (serving.kind === 'none' && serving.notice !== undefined) terminal.tell(inEnglish(serving.notice));
  // A test of the devices would take longer than the one completion.
  const settings = { ...options, device: 'cpu' } as const;
  const { policy } = await loadWithProgress(base, { settings, serving }, terminal);
  try {
    const request = { ...contextAround(text, offset), languageId: languageIdOf(cursor.path) ?? 'plaintext' };
    const result = await askOnce(request, policy, { ...options, signal: terminal.signal });
    tellResult(result, options, terminal);
    if (result.kind !== 'none' && isBlind(base, request.suffix)) terminal.tell(blindness);
  } finally {
    await policy.dispose();
  }
}

/** Whether there is something behind the cursor that the model could not be shown. */
function isBlind({ tokenizer }: BaseModel, suffix: string): boolean {
  return tokenizer.fim === undefined && suffix.trim() !== '';
}

const blindness =
  'This model was not trained to fill in the middle: it saw only what stands before the cursor.';

async function loadWithProgress(
  base: BaseModel,
  choice: Pick<ServingOptions, 'settings' | 'serving'>,
  { signal, showProgress }: Terminal,
): Promise<DevicePolicy> {
  const progress = showProgress('adapter');
  const onProgress = showInMegabytes(progress);
  try {
    return await loadServingPolicy(base, { ...choice, signal, onProgress });
  } finally {
    progress.finish();
  }
}

function servingAdapter(base: BaseModel, { model, data }: CompleteOptions): Promise<ServingAdapter> {
  if (data === undefined) return Promise.resolve({ kind: 'none' });
  return readServingAdapter({ model, adaptersFolder: dataPathsIn(data).adapters }, base);
}

async function askOnce(
  place: { readonly prefix: string; readonly suffix: string; readonly languageId: string },
  policy: Policy,
  options: Pick<CompleteOptions, 'maxPromptTokens'> & { readonly signal: AbortSignal },
): Promise<CompletionResult> {
  const { signal } = options;
  const likeliest = { count: 1, temperature: 0, seed: 0 };
  const request = { id: 'asked' as CompletionId, trigger: 'invoked' as const, ...place, ...likeliest };
  const result = await completeAt({ ...request, ...limitsOf(options) }, policy, signal);
  signal.throwIfAborted();
  return result;
}

function tellResult(result: CompletionResult, options: AnswerOptions, terminal: Terminal): void {
  const { tell } = terminal;
  if (result.kind === 'none') {
    tell(`Nothing to offer: ${reasons[result.reason]}.`);
    if (options.json === true) giveAnswer(terminal, options, { text: '', json: result });
    return;
  }
  if (result.replacedChars > 0) tell(`It replaces ${result.replacedChars} characters behind the cursor.`);
  giveAnswer(terminal, options, { text: result.text, json: result });
}

const reasons: Readonly<Record<NoCompletionReason, string>> = {
  cancelled: 'it was cancelled',
  silence: 'the policy chose to write nothing',
  unsure: 'the policy was not sure enough of it',
  blank: 'the policy wrote only white space',
  suffixRepeats: 'the policy repeated what stands behind the cursor',
  justRefused: 'it was refused a moment ago',
  midWord: 'the cursor stands inside a word, or before other text on its line',
  modelNotReady: 'no model is loaded',
  disabled: 'completions are off here',
  onlyWhenAsked: 'completions come only when asked for',
  snoozed: 'completions are snoozed',
  prose: 'comments and prose are left out',
};
