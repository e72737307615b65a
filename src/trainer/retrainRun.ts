import { GraphSessions, type MakeSession } from './graphs/graphSessions.ts';
import type { BaseModel } from '../engine/generation/modelPolicy.ts';
import { deleteCheckpoint, loadCheckpoint, saveCheckpoint, type JobProgress } from './checkpoint.ts';
import type { RewardAdapter } from './adapters/adapterFolder.ts';
import { allForgotten, TrainerError } from './errors.ts';
import type { Manifest, StageReport } from './adapters/manifest.ts';
import type { CalibrationBin } from './gate/statistics.ts';
import { newStageState, type StageRuntime, type StageState } from './stages/stage.ts';
import { newTrainee, type Trainee } from './stages/trainee.ts';
import { BreathPace, stageClock, StageSteps, type StageClock } from './stageTime.ts';
import { endOfStageSeconds } from './timeBudget.ts';
import { cpuSessions } from './graphs/trainingDevice.ts';
import type { TrainedModel } from './graphs/trainingInputs.ts';
import { workClock } from './workClock.ts';

export type StageName = StageReport['name'];

/** How far a run is, for whoever watches it. */
export interface RetrainProgress {
  /** 'judge' tests the reward model, 'gate' the new policy. */
  readonly stage: StageName | 'judge' | 'gate';
  /** Steps that are done; not whole while one is under way. */
  readonly step: number;
  readonly totalSteps: number;
  /** Seconds spent in the stage so far. */
  readonly seconds: number;
  /** Until the run's time is over; absent where it may take as long as it takes. */
  readonly secondsLeft?: number | undefined;
  /** The newest number of each curve. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** What surrounds a run. */
export interface RetrainHooks {
  /** Aborting it ends the run within about a second; its checkpoint stays. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RetrainProgress) => void;
  /** Resolves when the machine is free for training: at once, or after the completion that is wanted now. */
  readonly waitForTurn: () => Promise<void>;
  /** Milliseconds since the epoch, for dates. */
  readonly nowMs: () => number;
  /** Milliseconds since some moment, by a clock that nobody sets, for durations. */
  readonly passedMs: () => number;
  /** Told what the stages left, while the checkpoint is still there; for whoever compares the stages. */
  readonly onTrained?: (thetas: TrainedThetas, manifest: Manifest) => Promise<void>;
}

/** What the stages of a run left. */
export interface TrainedThetas {
  /** After SFT alone. */
  readonly sft: Float32Array;
  /** After all of them: what asks to be promoted. */
  readonly final: Float32Array;
  /** The reward model; absent where none was trained. */
  readonly reward?: RewardAdapter | undefined;
}

/** What a stage gives beside its curves. */
export interface StageResult {
  /** The parameters it ends with; what it was given where it had nothing to do. */
  readonly theta: Float32Array;
  readonly metrics: Readonly<Record<string, number>>;
  /** As the manifest has it. */
  readonly calibration?: readonly CalibrationBin[] | undefined;
  readonly stopReason?: string | undefined;
}

/** A stage that ran to its end. */
export interface FinishedStage {
  readonly report: StageReport;
  readonly theta: Float32Array;
}

/** A checkpoint is written at most this often: it costs up to a second, and no more than this is lost. */
const checkpointIntervalMs = 30_000;

/**
 * The life of one retraining run: its parameter vectors, its stages in their order, and a checkpoint
 * of all of it on disk, from which a run with the same key goes on as if it had never stopped.
 */
export class RetrainRun {
  readonly sessions: GraphSessions;
  /** How long this process has worked for the run. */
  readonly workedMs: () => number;
  readonly #hooks: RetrainHooks;
  readonly #folder: string;
  readonly #seed: number;
  readonly #timeBudgetMs: number | undefined;
  readonly #isForgotten: () => boolean;
  readonly #trainees = new Map<string, Trainee>();
  /** Other parameter vectors of the stage under way. */
  readonly #vectors = new Map<string, Float32Array>();
  /** The parameters that finished stages have left, by stage. */
  readonly #results: Map<string, Float32Array>;
  /** Vectors of the checkpoint's trainees, until they are asked for. */
  readonly #restored: Map<string, Float32Array>;
  readonly #pace = new BreathPace();
  /** Of the stage under way; undefined outside of stages. */
  #clock: StageClock | undefined;
  #progress: JobProgress;
  #savedAtMs: number;

  private constructor(
    { base, threads, makeSession, folder, seed, timeBudgetMs, isForgotten = () => false }: RunOptions,
    hooks: RetrainHooks,
    restored: { readonly progress: JobProgress; readonly vectors: Readonly<Record<string, Float32Array>> },
  ) {
    this.sessions = new GraphSessions(makeSession ?? cpuSessions(base, threads));
    this.#hooks = hooks;
    this.#folder = folder;
    this.#seed = seed;
    this.#timeBudgetMs = timeBudgetMs;
    this.#isForgotten = isForgotten;
    this.#progress = restored.progress;
    const vectors = Object.entries(restored.vectors);
    const isResult = ([name]: [string, Float32Array]): boolean => !name.includes('/');
    this.#results = new Map(vectors.filter(isResult));
    this.#restored = new Map(vectors.filter((entry) => !isResult(entry)));
    this.workedMs = workClock(hooks.passedMs);
    this.#savedAtMs = this.workedMs();
  }

  /** The run with that key: the one in the checkpoint folder if it is the same, else a new one. */
  static async open(options: RunOptions, hooks: RetrainHooks): Promise<RetrainRun> {
    const checkpoint = await usableCheckpoint(options.folder);
    if (checkpoint?.progress.jobKey === options.jobKey) return new RetrainRun(options, hooks, checkpoint);
    const progress: JobProgress = {
      formatVersion: 1,
      jobKey: options.jobKey,
      startedAtMs: hooks.nowMs(),
      stage: 'sft',
      ...newStageState(),
      stageSeconds: 0,
      randomStates: {},
      optimiserSteps: {},
      finishedStages: [],
    };
    return new RetrainRun(options, hooks, { progress, vectors: {} });
  }

  get startedAtMs(): number {
    return this.#progress.startedAtMs;
  }

  get reports(): readonly StageReport[] {
    return this.#progress.finishedStages;
  }

  /** A parameter vector that is trained in this run: from the checkpoint, or new. */
  trainee(name: string, model: TrainedModel, initial: Float32Array): Trainee {
    const theta = this.#take(`${name}/theta`);
    const trainee = newTrainee(model, theta ?? initial);
    if (theta !== undefined) {
      trainee.adam.firstMoment.set(this.#take(`${name}/firstMoment`)!);
      trainee.adam.secondMoment.set(this.#take(`${name}/secondMoment`)!);
      trainee.adam.step = this.#progress.optimiserSteps[name] ?? 0;
    }
    this.#trainees.set(name, trainee);
    return trainee;
  }

  /** A parameter vector that the stage under way carries along: from the checkpoint, or a copy of `initial`. */
  vector(name: string, initial: Float32Array): Float32Array {
    const vector = this.#take(`${name}/vector`) ?? initial.slice();
    this.#vectors.set(name, vector);
    return vector;
  }

  /**
   * Runs a stage to its end, or gives what one that already ran has left. The optimisers of a stage
   * go with it; its parameters stay.
   */
  async stage(
    name: StageName,
    work: (runtime: StageRuntime) => Promise<StageResult>,
  ): Promise<FinishedStage> {
    const known = this.#progress.finishedStages.find((report) => report.name === name);
    if (known !== undefined) return { report: known, theta: this.#results.get(name)! };
    const state = this.#enter(name);
    const clock = stageClock(state, {
      workedMs: this.workedMs,
      secondsBefore: this.#finishedSeconds(),
      endSeconds: endOfStageSeconds(name, this.#timeBudgetMs),
    });
    this.#clock = clock;
    const { theta, metrics, calibration, stopReason } = await work(this.#runtime(name, state, clock));
    clock.note();
    this.#clock = undefined;
    const report: StageReport = {
      name,
      steps: state.step,
      seconds: state.seconds,
      metrics,
      curves: state.curves,
      ...(calibration === undefined ? {} : { calibration: [...calibration] }),
      ...(stopReason === undefined ? {} : { stopReason }),
    };
    this.#progress.finishedStages.push(report);
    this.#trainees.clear();
    this.#vectors.clear();
    this.#restored.clear();
    this.#results.set(name, theta);
    await this.#save(name, newStageState());
    return { report, theta };
  }

  /** Seconds that the gate may take, as far as a budget says so. */
  gateSeconds(): number {
    return endOfStageSeconds('gate', this.#timeBudgetMs) - this.#finishedSeconds();
  }

  /** Tells whoever watches, also about work that is no stage. */
  report(progress: Omit<RetrainProgress, 'secondsLeft'>): void {
    const spent = this.#clock?.spent() ?? this.#finishedSeconds() + progress.seconds;
    const left = endOfStageSeconds('gate', this.#timeBudgetMs) - spent;
    this.#hooks.onProgress(left === Infinity ? progress : { ...progress, secondsLeft: Math.max(0, left) });
  }

  #finishedSeconds(): number {
    return this.#progress.finishedStages.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** Waits for the machine to be free; throws an AbortError when the run is cancelled. */
  readonly breathe = async (): Promise<void> => {
    this.#hooks.signal.throwIfAborted();
    await this.#hooks.waitForTurn();
    this.workedMs();
    this.#hooks.signal.throwIfAborted();
  };

  /** Gives memory back; the checkpoint stays for a run that was interrupted. */
  async dispose(): Promise<void> {
    await this.sessions.dispose();
  }

  /** Removes the checkpoint: the run came to its verdict. */
  async forget(): Promise<void> {
    await deleteCheckpoint(this.#folder);
  }

  /** The state to go on from: the checkpoint's where it stands in this stage, else a new one. */
  #enter(name: StageName): StageState {
    const { stage, step, stageSeconds, curves, numbers } = this.#progress;
    const isHere = stage === name && !this.#progress.finishedStages.some((report) => report.name === name);
    return isHere ? { step, seconds: stageSeconds, curves, numbers } : newStageState();
  }

  #runtime(name: StageName, state: StageState, { note, secondsLeft }: StageClock): StageRuntime {
    const steps = new StageSteps(state);
    const report = (): void => this.report({ stage: name, ...steps.progress });
    const breathe = async (): Promise<void> => {
      await this.breathe();
      this.#pace.note(this.workedMs());
      report();
      steps.noteBreath();
    };
    const afterStep = async (): Promise<void> => {
      note();
      steps.noteStep();
      report();
      if (this.workedMs() - this.#savedAtMs >= checkpointIntervalMs) await this.#save(name, state);
    };
    return {
      ...{ sessions: this.sessions, state, seed: this.#seed },
      plan: (plan) => (steps.plan = plan),
      ...{ secondsLeft, breathSeconds: () => this.#pace.secondsPerBreath, breathe, afterStep },
    };
  }

  /** Throws TrainerError 'allForgotten' where that is so: nobody may go on from what was learned of it. */
  async #save(stage: StageName, state: StageState): Promise<void> {
    if (this.#isForgotten()) throw allForgotten();
    const trainees = [...this.#trainees];
    this.#progress = {
      ...this.#progress,
      stage,
      step: state.step,
      stageSeconds: state.seconds,
      curves: state.curves,
      numbers: state.numbers,
      optimiserSteps: Object.fromEntries(trainees.map(([name, { adam }]) => [name, adam.step])),
    };
    const vectors = {
      ...Object.fromEntries(this.#restored),
      ...Object.fromEntries(this.#results),
      ...Object.fromEntries(trainees.flatMap(vectorsOf)),
      ...Object.fromEntries([...this.#vectors].map(([name, vector]) => [`${name}/vector`, vector])),
    };
    await saveCheckpoint(this.#folder, { progress: this.#progress, vectors });
    this.#savedAtMs = this.workedMs();
  }

  #take(name: string): Float32Array | undefined {
    const vector = this.#restored.get(name);
    this.#restored.delete(name);
    return vector;
  }
}

/** What a run is opened with. */
export interface RunOptions {
  readonly base: BaseModel;
  readonly threads: number;
  /** Absent: graphs run on the CPU. */
  readonly makeSession?: MakeSession | undefined;
  /** Where the checkpoint is kept. */
  readonly folder: string;
  /** Hash of all that decides the result; only a checkpoint with the same key is gone on from. */
  readonly jobKey: string;
  readonly seed: number;
  /** How long the run may take; absent: as long as it takes. */
  readonly timeBudgetMs?: number | undefined;
  /** Whether all that it learns from was forgotten meanwhile. Absent: that is not looked for. */
  readonly isForgotten?: (() => boolean) | undefined;
}

function vectorsOf([name, { theta, adam }]: [string, Trainee]): [string, Float32Array][] {
  return [
    [`${name}/theta`, theta],
    [`${name}/firstMoment`, adam.firstMoment],
    [`${name}/secondMoment`, adam.secondMoment],
  ];
}

/** A damaged checkpoint costs the run's start, nothing else: it is taken away and the run begins anew. */
async function usableCheckpoint(folder: string): ReturnType<typeof loadCheckpoint> {
  try {
    return await loadCheckpoint(folder);
  } catch (error) {
    if (!TrainerError.is(error, 'checkpointDamaged')) throw error;
    await deleteCheckpoint(folder);
    return undefined;
  }
}
