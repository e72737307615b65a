import type { TellAlternative } from '../completion/alternatives.ts';
import type {
  Alternative,
  AlternativesRequest,
  CompletionRequest,
  CompletionResult,
  PrepareRequest,
  WritingWatch,
} from '../completion/completion.ts';
import type { Speed } from '../engine/generation/deviceTiming.ts';
import type { AdapterId, PolicyId } from '../engine/policy.ts';
import type { Device, DeviceChoice } from '../engine/runtime/devices.ts';
import type { Sentence } from '../sentences/sentence.ts';
import type { ExportFormat } from '../trainer/adapters/exportFormats.ts';
import type { LearnFrom } from '../trainer/data/sourceFiles.ts';
import type { RetrainProgress } from '../trainer/retrainRun.ts';
import type { Manifest } from '../trainer/adapters/manifest.ts';
import type { Exported, Imported } from './exchange/feedbackExchange.ts';
import type { StoreExport, StoreImport } from './exchange/storeExchange.ts';
import type { HeldOutTotals } from '../trainer/gate/heldOutTotals.ts';

/** Something that stops when it is disposed. */
export interface Disposable {
  dispose(): void;
}

/** Which model completions come from. */
export interface EngineSettings {
  /** An id of the catalogue, the path of a GGUF file, or that of a Hugging Face folder. */
  readonly model: string;
  /** Where the adapters are; the serving one is used. */
  readonly adaptersFolder: string;
  readonly device: DeviceChoice;
  readonly threads: number;
}

/** What the engine is doing. */
export type EngineState =
  | { readonly kind: 'stopped' }
  /** The process runs and brings the model: download, conversion, session. */
  | {
      readonly kind: 'loading';
      readonly phase: string;
      readonly doneBytes: number;
      /** 0 while it is not known. */
      readonly totalBytes: number;
      /** What served when the process went and is being brought back: a completion waits for it. Absent where nothing served. */
      readonly returning?: PolicyId;
    }
  | {
      readonly kind: 'ready';
      readonly policyId: PolicyId;
      readonly adapterId?: AdapterId | undefined;
      /** Set where the model was not trained to fill in the middle: what stands behind the cursor is lost on it. */
      readonly seesOnlyBefore?: true | undefined;
      /** Set where the model was trained on whole repositories: it can be shown code of other files. */
      readonly seesProject?: true | undefined;
      /** Something the user should know although completions work, such as an adapter, or a newly chosen model, that could not be used. */
      readonly notice?: Sentence | undefined;
    }
  /** It cannot serve; the sentence says why and what to do. */
  | { readonly kind: 'failed'; readonly sentence: Sentence };

/** How a policy runs in the engine. */
export interface EngineFacts {
  readonly model: string;
  readonly device: Device;
  /** Why there. */
  readonly why: Sentence;
  /** Of ONNX Runtime. */
  readonly runtimeVersion: string;
  readonly speed: Speed;
  /** Of the engine's process, what it maps from files included as far as it is in memory. */
  readonly memoryBytes: number;
}

/** Plain words, and which policy shall answer them. */
export interface AnswerRequest {
  readonly words: string;
  readonly policy: 'base' | 'serving';
}

/** How work that may bring a model, or merge an adapter into it, is watched and ended. */
export interface LoadWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** How far the engine is with a model that it brings, loads, or merges an adapter into. */
export type LoadProgress = Omit<Extract<EngineState, { kind: 'loading' }>, 'kind' | 'returning'>;

/** The engine as one window sees it. It lives in a process that windows share, and is restarted when it dies. */
export interface EngineClient extends Disposable {
  readonly state: EngineState;
  onStateChanged(listener: (state: EngineState) => void): Disposable;
  /**
   * Starts the process if need be and loads the model with the serving adapter. Ends with 'ready' or
   * 'failed'. Where another model served before and this one cannot be had, that one goes on.
   */
  start(settings: EngineSettings): Promise<void>;
  /** Leaves the engine, also while it loads: it ends unless another window uses it. What it has downloaded so far is kept. */
  stop(): void;
  /**
   * Reads the adapter store's pointer again, after a promotion or a rollback. The policy before serves
   * until the new one's weights are made, which takes seconds; that can be watched, and aborted. Throws TrainerError
   * where the adapter cannot be used: the policy before goes on.
   */
  useServingAdapter(watch?: LoadWatch): Promise<void>;
  /**
   * The completion for a request; 'modelNotReady' while there is no policy. One that is asked for while
   * the process restarts waits for it. `watch` hears of it while it is written.
   */
  complete(request: CompletionRequest, signal: AbortSignal, watch?: WritingWatch): Promise<CompletionResult>;
  /**
   * Lets the policy read the prompt of a completion that may be wanted soon. Resolves when it is read,
   * the signal is aborted, or there is no policy.
   */
  prepare(request: PrepareRequest, signal: AbortSignal): Promise<void>;
  /**
   * Different completions for one cursor, for the side panel; each is told as soon as it is written. Throws
   * ProcessError 'modelNotReady' while there is no policy and 'died' when the process dies meanwhile.
   */
  alternatives(
    request: AlternativesRequest,
    signal: AbortSignal,
    tell?: TellAlternative,
  ): Promise<readonly Alternative[]>;
  /** What a policy answers to plain words. Throws as `alternatives` does, and EngineError 'outOfMemory' where two policies do not fit. */
  answer(request: AnswerRequest, signal: AbortSignal): Promise<string>;
  /** How the policy runs, measured now, in seconds. Throws as `alternatives` does. */
  measure(signal: AbortSignal): Promise<EngineFacts>;
}

/** What a retraining needs to know; everything else is in the store and the adapter folder. */
export interface RetrainSettings {
  readonly model: string;
  readonly storePath: string;
  readonly adaptersFolder: string;
  readonly checkpointFolder: string;
  /** Whose files are learned from besides; no folders: none. */
  readonly learnFrom: LearnFrom;
  /** Whether prompts show code of those files while one types: the gate does as they do. */
  readonly projectCode: boolean;
  readonly threads: number;
  /** Where it trains; 'auto': on the graphics card where completions and steps are faster there. Absent: on the CPU. */
  readonly device?: DeviceChoice | undefined;
  readonly seed: number;
  /**
   * Only what was asked or written up to then counts, in milliseconds since the epoch: an interrupted
   * run goes on only from the same data. Absent: all there is.
   */
  readonly untilMs?: number | undefined;
  /**
   * The adapter that training begins with, at its rank and scale, whichever serves. Absent: the one that
   * serves, if it has the rank and scale of the hyperparameters or was imported with others.
   */
  readonly beginsWith?: AdapterId | undefined;
  /** Overrides of the defaults, for tests, the demo and benchmarks. */
  readonly hyperparameters: unknown;
  readonly maxPromptTokens: number;
  readonly maxNewTokens: number;
}

/** What a retraining came to, small enough for a message; the completions it compared lie beside the adapter. */
export interface RetrainSummary {
  readonly manifest: Manifest;
  readonly heldOut: { readonly before: HeldOutTotals; readonly after: HeldOutTotals };
}

/** An import of an adapter, as it is asked for. */
export interface ImportSettings extends Pick<
  RetrainSettings,
  | 'model'
  | 'storePath'
  | 'adaptersFolder'
  | 'checkpointFolder'
  | 'threads'
  | 'seed'
  | 'maxPromptTokens'
  | 'maxNewTokens'
  | 'hyperparameters'
  | 'learnFrom'
  | 'projectCode'
> {
  /** A PEFT folder or a GGUF file. */
  readonly path: string;
  /** Lets it serve at once: the user says so, and the gate is not asked. */
  readonly serves: boolean;
  /** The user says that it belongs to the model, whatever name its files give. */
  readonly isSameBase: boolean;
}

/** An export of an adapter, as it is asked for. */
export interface ExportSettings {
  readonly adaptersFolder: string;
  readonly adapterId: AdapterId;
  readonly format: ExportFormat;
  /** A new folder, or for GGUF a file, which may be there already. */
  readonly target: string;
}

/** How a retraining, or an import, is watched and ended. */
export interface RunOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RetrainProgress) => void;
  /** Hears how far the model is on its way, where it is not there yet. */
  readonly onLoad?: (progress: LoadProgress) => void;
}

/** The trainer as the extension host sees it: one process per run, at low priority, gone afterwards. */
export interface TrainerClient extends Disposable {
  /** Whether it retrains, or brings an adapter in or out. */
  readonly isRunning: boolean;
  /**
   * Retrains to a verdict. Aborting the signal ends the process within about two seconds; the same
   * settings later go on from the checkpoint. A process that dies is an error that says so.
   */
  retrain(settings: RetrainSettings, options: RunOptions): Promise<RetrainSummary>;
  /**
   * Takes an adapter from outside into the store, through the gate. Throws TrainerError 'adapterForeign', and
   * 'adapterBaseUnsure' where only the user can say that it belongs to the model.
   */
  importAdapter(settings: ImportSettings, options: RunOptions): Promise<Manifest>;
  /** Writes an adapter whole, or not at all. Throws ProcessError 'alreadyThere' where its folder would be. */
  exportAdapter(settings: ExportSettings, options: LoadWatch): Promise<void>;
}

/** How a model of the catalogue will run on this machine, without being here. */
export interface PredictedModel {
  readonly model: string;
  readonly speed: Speed;
  readonly memoryBytes: number;
}

/** What finds out how models will run. */
export interface PredictionClient extends Disposable {
  /** Those of the catalogue, on the CPU with so many threads; a second or two each. */
  predictModels(settings: PredictSettings, signal: AbortSignal): Promise<readonly PredictedModel[]>;
}

/** Which models, by their ids in the catalogue, and how they are to run. */
export interface PredictSettings {
  readonly models: readonly string[];
  readonly threads: number;
}

/** What brings feedback out and in; one file at a time. */
export interface FeedbackExchangeClient extends Disposable {
  /** Writes a file whole, or not at all. Throws a StoreError when the disk does not take it. */
  exportFeedback(settings: StoreExport, signal: AbortSignal): Promise<Exported>;
  /** Stores what a file holds, or nothing of it. Throws a StoreError when the file cannot be read. */
  importFeedback(settings: StoreImport, signal: AbortSignal): Promise<Imported>;
}
