import { randomUUID } from 'node:crypto';
import { join, posix, win32 } from 'node:path';
import { shapeContext, type CompletionMode } from '../../completion/syntax/completionMode.ts';
import { normaliseText } from '../../completion/prompt/context.ts';
import { textToWrite } from '../../completion/prompt/demonstration.ts';
import { modeSyntaxOf } from '../../completion/syntax/modeSyntax.ts';
import { makeFolderAtomically, writeSynced } from '../../engine/files.ts';
import { groupIdOf, type ExamplePrompt, type PreferenceGroup } from '../../trainer/data/examples.ts';
import { documentNamesIn, splitExamples, type FeedbackRecords } from '../../trainer/data/dataset.ts';
import { holdOutNewest, type ExampleSet } from '../../trainer/data/heldOut.ts';
import { sentence } from '../../sentences/sentence.ts';
import { unfitExport } from '../errors.ts';
import { requireEvenSteps } from './clusterBatches.ts';
import { configFile, judgeFile } from './clusterExports.ts';
import { hyperparametersThere, type ClusterHyperparameters } from './clusterHyperparameters.ts';
import type { ClusterMethod } from './clusterMethods.ts';
import { jsonLines, plainPrompt, trlRows, type TrlFormat } from '../../trainer/data/trlRows.ts';

/** What a job is made of besides the user's work. */
export interface ClusterJobSettings {
  readonly base: {
    /** As the user calls it here. */
    readonly name: string;
    /** `weightsFingerprint` */
    readonly sha256: string;
    /** Its folder on every node of the cluster. */
    readonly path: string;
  };
  readonly method: ClusterMethod;
  readonly hyperparameters: ClusterHyperparameters;
  readonly seed: number;
  readonly maxPromptTokens: number;
  readonly maxNewTokens: number;
  /** A folder that all nodes share, for checkpoints. */
  readonly storage: string;
  readonly workers: number;
  readonly usesGpu: boolean;
}

/** Optimiser steps between two checkpoints: a step takes a second or two, and so no more is lost than a minute. */
const saveSteps = 25;

/** How often a job is started again before it gives up. */
const maxFailures = 5;

/** A prompt is cut there to its tokens; no code has more characters a token over a whole prompt. */
const maxCharsPerToken = 8;

/**
 * Writes what a cluster shall train on to a new folder: rows for SFT and preferences in TRL's shapes, for PPO those
 * that judge its reward model, and one YAML file with the hyperparameters of a run here. The newest work stays at home, where it judges what
 * comes back; of each prompt only as much goes along as the model can read, and no document's name. Throws ProcessError
 * 'unfitExport' where the workers could not make the steps that one makes, or a path is none that every node understands.
 */
export async function writeClusterJob(
  folder: string,
  records: FeedbackRecords,
  settings: ClusterJobSettings,
): Promise<void> {
  requireEvenSteps(folder, settings);
  for (const path of [settings.storage, settings.base.path]) requireWholePath(folder, path);
  const { training, judge } = splitForJob(records, settings);
  const maxChars = settings.maxPromptTokens * maxCharsPerToken;
  const cut = <T extends ExamplePrompt>(example: T): T => ({
    ...example,
    prefix: normaliseText(example.prefix).slice(-maxChars).toWellFormed(),
    suffix: normaliseText(example.suffix).slice(0, maxChars).toWellFormed(),
  });
  const written = ({ demonstrations, preferenceGroups }: ExampleSet): ExampleSet => ({
    demonstrations: demonstrations.map((each) => ({ ...cut(each), text: textToWrite(each) })),
    preferenceGroups: preferenceGroups.map((group) => ({ ...cut(group), texts: textsToWrite(group) })),
    prompts: [],
  });
  const modes = await modesAt([...training.demonstrations, ...training.preferenceGroups]);
  const rowsOf = (format: TrlFormat, examples: ExampleSet): string => {
    const rows = trlRows(format, written(examples), plainPrompt);
    return jsonLines(rows.map((row) => ({ ...row, document: undefined, mode: modes.get(row.group_id) })));
  };
  const files = {
    'sft.jsonl': rowsOf('prompt-completion', training),
    'preference.jsonl': rowsOf('preference', training),
    ...(judge === undefined ? {} : { [judgeFile]: rowsOf('preference', judge) }),
    [configFile]: configYaml(settings),
  };
  await makeFolderAtomically(folder, async (temporary) => {
    for (const [name, text] of Object.entries(files))
      await writeSynced(join(temporary, name), (file) => file.writeFile(text));
  });
}

/** A node would look for any other below the folder that its process begins in; a shell alone knows what ~ is. */
function requireWholePath(folder: string, path: string): void {
  if (posix.isAbsolute(path) || win32.isAbsolute(path)) return;
  throw unfitExport(
    folder,
    sentence`${path} would be another folder on every node. Write the whole path, which begins with /.`,
  );
}

/**
 * The work that travels: what is learned from, and for PPO, which may use only a reward model that passed its test, the
 * newest of it for that test. What is newer still stays at home.
 */
function splitForJob(
  records: FeedbackRecords,
  { method, hyperparameters: { heldOutShare } }: Pick<ClusterJobSettings, 'method' | 'hyperparameters'>,
): { readonly training: ExampleSet; readonly judge?: ExampleSet } {
  const { training } = splitExamples(records, { heldOutShare });
  if (method !== 'ppo') return { training };
  const again = holdOutNewest(training, { heldOutShare }, documentNamesIn(records));
  return { training: again.training, judge: again.heldOut };
}

function textsToWrite(group: PreferenceGroup): PreferenceGroup['texts'] {
  return group.texts.map((compared) => ({
    ...compared,
    text: textToWrite({ ...group, text: compared.text }),
  }));
}

/** The shape that a completion has at each prompt, by its group's id: to tell takes grammars, which no cluster has. */
async function modesAt(prompts: readonly ExamplePrompt[]): Promise<ReadonlyMap<unknown, CompletionMode>> {
  const modes = new Map<string, CompletionMode>();
  for (const prompt of prompts) {
    modes.set(groupIdOf(prompt), shapeContext(prompt, await modeSyntaxOf(prompt.languageId)).mode);
  }
  return modes;
}

/** The names that cluster/attune_cluster reads. Every value is JSON, which is YAML too. */
function configYaml(settings: ClusterJobSettings): string {
  const { base, method, hyperparameters, seed, storage, workers, usesGpu } = settings;
  return yamlOf({
    job: randomUUID(),
    base_model: base,
    method,
    seed,
    max_prompt_tokens: settings.maxPromptTokens,
    max_new_tokens: settings.maxNewTokens,
    workers,
    use_gpu: usesGpu,
    storage,
    save_steps: saveSteps,
    max_failures: maxFailures,
    hyperparameters: hyperparametersThere(hyperparameters),
  });
}

/** A line for each value, indented below the name of what it is part of. */
function yamlOf(values: object, indent = ''): string {
  const lines = Object.entries(values).map(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? `${indent}${name}:\n${yamlOf(value, `${indent}  `)}`
      : `${indent}${name}: ${JSON.stringify(value)}\n`,
  );
  return lines.join('');
}
