import type { CompletionLimits } from '../completion/completion.ts';
import type { CodeFile } from '../completion/prompt/relatedCode.ts';
import type { BaseModel } from '../engine/generation/modelPolicy.ts';
import type { AdapterId } from '../engine/policy.ts';
import type { AdapterStore } from './adapters/adapterStore.ts';
import type { Examples, FeedbackRecords } from './data/dataset.ts';
import type { Tokenisation } from './data/exampleTokens.ts';
import type { TrainingDeviceOptions } from './graphs/trainingDevice.ts';
import type { TrainedModel } from './graphs/trainingInputs.ts';
import type { Manifest } from './adapters/manifest.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import type { SourceFile } from './data/codeWindows.ts';
import type { RetrainHooks, RetrainRun } from './retrainRun.ts';

/** One retraining, as it is asked for. */
export interface RetrainTask {
  readonly records: FeedbackRecords;
  /** Files of the user's workspace that may be learned from. */
  readonly sourceFiles: readonly SourceFile[];
  /** Files that prompts show while one types, oldest first: the gate shows them too. Absent: none. */
  readonly shownFiles?: readonly CodeFile[] | undefined;
  /** The catalogue's id of the base model, or its path. */
  readonly baseModelId: string;
  readonly base: BaseModel;
  readonly adapters: AdapterStore;
  /** The adapter that training begins with; absent: the one that serves, which the gate compares with in any case. */
  readonly beginsWith?: AdapterId | undefined;
  /** Where the run keeps its checkpoint. */
  readonly checkpointFolder: string;
  readonly hyperparameters: Hyperparameters;
  readonly limits: CompletionLimits;
  readonly seed: number;
  readonly threads: number;
  /** Where it shall train; absent: on the CPU. */
  readonly device?: Pick<TrainingDeviceOptions, 'choice' | 'servingDevice'> | undefined;
}

/** A task under way, with what all its parts share. */
export interface RetrainContext {
  readonly task: RetrainTask;
  readonly hooks: RetrainHooks;
  readonly examples: Examples;
  readonly model: TrainedModel;
  /** Where it trains; absent where nothing is trained. */
  readonly trainedOn?: Manifest['trainedOn'];
  readonly run: RetrainRun;
}

/** How the examples of a task become tokens. */
export function tokenisationOf({ base, limits }: RetrainTask): Tokenisation {
  return { tokenizer: base.tokenizer, ...limits };
}
