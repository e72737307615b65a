import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as z from 'zod';
import type { CliError } from '../../src/cli/errors.ts';
import { defaultLimits, timeBudgetOf } from '../../src/cli/options.ts';
import { collectFeedback } from '../../src/cli/replay/collectFeedback.ts';
import { projectFolder } from '../../src/cli/replay/replayedProject.ts';
import { replayStartMs } from '../../src/cli/replay/developerWorld.ts';
import type { ReplayTally } from '../../src/cli/replay/replayedDeveloper.ts';
import { showStages } from '../../src/cli/stageProgress.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { minChances } from '../../src/completion/trimming/confidence.ts';
import { calibrated, policyIdOf, type AdapterId, type Calibration } from '../../src/engine/policy.ts';
import type { ModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { openFeedbackReader } from '../../src/feedback/storing/sqliteFeedbackReader.ts';
import { openFeedbackStore } from '../../src/feedback/storing/sqliteFeedbackStore.ts';
import { TrainerError } from '../../src/trainer/errors.ts';
import type { Manifest } from '../../src/trainer/adapters/manifest.ts';
import type { SourceFile } from '../../src/trainer/data/codeWindows.ts';
import { sumOf } from '../report/statistics.ts';
import { showSteps } from '../report/timeLeft.ts';
import { nothingStored, tooLittleToLearn } from './errors.ts';
import type { Reach } from './everyPause.ts';
import type { Harm } from './harm.ts';
import { judgeStages, judgeServing, servingAfter, type Served, type StageRows } from './judgeStages.ts';
import type { LearningOptions } from './learningOptions.ts';
import { loadShowingProgress } from './loadShowingProgress.ts';
import { askingIn, type PairWork } from './pairWork.ts';
import { RememberingPolicy } from './rememberingPolicy.ts';
import type { Row } from './rows.ts';
import { againstFolder, kept, modelIdentity, readKept, trainingFolder, workFolder } from './resultFolders.ts';
import {
  retrainingEndSchema,
  retrainingPathsIn,
  type RetrainingEnd,
  type RetrainingTask,
} from './retrainingTask.ts';
import { runRetraining } from './runRetraining.ts';
import { lockWork, whenLeft } from './workLock.ts';

/** What a project is measured with. */
export interface Measuring {
  readonly options: Pick<
    LearningOptions,
    'model' | 'trainMinutes' | 'method' | 'context' | 'maxRequests' | 'results' | 'seed' | 'threads'
  >;
  readonly base: ModelFolder;
  readonly modelFolder: string;
  readonly terminal: Pick<Terminal, 'signal' | 'showProgress'>;
  /** Asked at the same places; absent where there is none. */
  readonly against?: OtherModel | undefined;
}

/** A model that is asked as it comes, to have something to compare with. */
export interface OtherModel {
  readonly model: string;
  readonly base: ModelFolder;
  readonly modelFolder: string;
}

/** What was measured of one project. */
export interface ProjectRun {
  readonly work: PairWork;
  readonly collected: ReplayTally;
  readonly manifest: Manifest;
  readonly gateSeconds: number;
  readonly peakRssMb: number;
  readonly rows: StageRows;
  /** How far base model and stages are right at every pause; `final` where other weights came of it than of SFT. */
  readonly reach: Readonly<Record<string, Reach>>;
  readonly harm: Harm;
  /** The other model at the same places; absent where there is none. */
  readonly against?: { readonly model: string; readonly rows: readonly Row[] } | undefined;
  /** The retraining after it, on later work; absent where there was none. */
  readonly later?: LaterRun | undefined;
}

/** A second retraining, and what it did to what the first had reached. */
export interface LaterRun {
  /** By itself: on later work, judged by the end of that. */
  readonly run: ProjectRun;
  /** The end of the later work, as the policy answers that served before. */
  readonly before: readonly Row[];
  /** What the first round held out, which was never learned from, as those two policies answer that serve. */
  readonly firstHeldOut: { readonly before: readonly Row[]; readonly after: readonly Row[] };
}

/** Every so many askings the developer ranks alternatives: once in a while, as the side panel invites to. */
const rankEvery = 12;

/** A quarter of what is nearly right is taken whole and corrected. */
const correctedShare = 0.25;

/**
 * Lives through the first part of a project's work, retrains once, and asks the policies of every
 * stage at the same places of the rest; where there is a later round, the same again with what serves by then.
 * Each step's result is kept; the same call goes on behind the last one. Throws a CliError where another process is at it.
 */
export async function measureProject(
  [work, laterWork]: readonly PairWork[],
  measuring: Measuring,
): Promise<ProjectRun> {
  const project = openProject(work!, measuring, undefined);
  // Also for the later round: what leads to its folder is in this one.
  const lock = lockWork(project.folder);
  try {
    return await measureRounds(project, laterWork);
  } finally {
    lock.dispose();
  }
}

async function measureRounds(project: Project, laterWork: PairWork | undefined): Promise<ProjectRun> {
  const run = { ...(await measureRound(project)), against: await askOther(project) };
  if (laterWork === undefined) return run;
  const served = await servingAfter(project, run);
  const baseCalibration = run.manifest.candidateCalibrations?.before;
  const laterProject = openProject(laterWork, project, { project, served, baseCalibration });
  const later = await measureRound(laterProject);
  const now = later.manifest.verdict.promoted ? await servingAfter(laterProject, later) : served;
  const firstPlaces = { ...laterProject, work: project.work };
  return {
    ...run,
    later: {
      run: later,
      before: await judgeServing(laterProject, served, 'before'),
      firstHeldOut: {
        before: await judgeServing(firstPlaces, served, 'first-before'),
        after: await judgeServing(firstPlaces, now, 'first-after'),
      },
    },
  };
}

async function measureRound(project: Project): Promise<ProjectRun> {
  const collected = await collect(project);
  const { adapterId, ...end } = await retrainOnce(project);
  return { work: project.work, collected, ...end, ...(await judgeStages(project, adapterId as AdapterId)) };
}

/** The other model's answers at the held-out places. */
async function askOther(project: Project): Promise<ProjectRun['against']> {
  const { against, folder } = project;
  if (against === undefined) return undefined;
  const { model, base, modelFolder } = against;
  const options = { ...project.options, model };
  const otherFolder = againstFolder(folder, { model: modelIdentity(modelFolder) });
  const other = { ...project, base, options, trainingFolder: otherFolder };
  return { model, rows: await judgeServing(other, {}, 'as-it-comes') };
}

/** The round that was before. */
interface EarlierRound {
  readonly project: Pick<Project, 'folder' | 'trainingFolder'>;
  /** What serves since then. */
  readonly served: Served;
  /** How the base model's log-probabilities become chances; absent where it learned no silence. */
  readonly baseCalibration: Calibration | undefined;
}

/** One round of a project under way. */
export interface Project extends Measuring {
  readonly work: PairWork;
  readonly earlier: EarlierRound | undefined;
  /** For all that does not depend on how it is retrained. */
  readonly folder: string;
  readonly trainingFolder: string;
  readonly hyperparameters: object;
}

function openProject(work: PairWork, measuring: Measuring, earlier: EarlierRound | undefined): Project {
  const { options, modelFolder } = measuring;
  const { seed, context, maxRequests, results, trainMinutes, method = 'ppo' } = options;
  const { first, heldOut, filesBefore } = work;
  const habits = { rankEvery, correctedShare };
  const facts = {
    // Of these, and of the round before, is all that prompts show and that is learned.
    ...{ first, heldOut, filesBefore },
    ...{ seed, context, maxRequests, habits, limits: defaultLimits },
    model: modelIdentity(modelFolder),
    ...(earlier && { earlier: relative(results, earlier.project.trainingFolder) }),
  };
  const folder = workFolder(results, work.name, facts);
  const hyperparameters = { method, ...timeBudgetOf(trainMinutes) };
  const training = trainingFolder(folder, { hyperparameters });
  return { ...measuring, work, earlier, folder, trainingFolder: training, hyperparameters };
}

const storeName = 'feedback.sqlite';

const tallySchema = z.object({
  asked: z.number(),
  shown: z.number(),
  accepted: z.number(),
  keptChars: z.number(),
  typedChars: z.number(),
});

/** Far longer than the work of a round takes, so that all of a later one is newer. */
const roundMs = 30 * 24 * 3_600_000;

/** Lives through the first part with what serves; what comes of it is stored beside what is there from earlier. */
function collect({ options, base, work, earlier, folder, terminal }: Project): Promise<ReplayTally> {
  return kept(join(folder, 'collected.json'), tallySchema, async () => {
    const asking = askingIn(work.first, options.maxRequests);
    const storePath = join(folder, storeName);
    if (earlier !== undefined && !existsSync(storePath))
      copyFileSync(join(earlier.project.folder, storeName), storePath);
    const { store } = openFeedbackStore(storePath, 0);
    const { model, threads } = options;
    const { adapter, calibration } = earlier?.served ?? {};
    const policy = await loadShowingProgress(
      base,
      { id: policyIdOf(model, adapter?.id), adapter, threads },
      terminal,
    );
    const remembering = new RememberingPolicy(
      policy,
      join(folder, 'collected.answers.jsonl'),
      calibration?.further,
    );
    const progress = showSteps('living', asking.count, terminal.showProgress('living'));
    try {
      return await collectFeedback({
        policy: calibrated(remembering, calibration),
        minChance: minChances.balanced,
        ...(earlier && { startMs: replayStartMs + roundMs }),
        ...{ limits: defaultLimits, store, folder: projectFolder, documents: work.first },
        ...(options.context && { projectFiles: work.filesBefore }),
        habits: { seed: options.seed, asking, rankEvery, correctedShare, takesCompletions: true },
        signal: terminal.signal,
        onAsked: ({ accepted }) => progress.done(`accepted ${accepted}`),
      });
    } finally {
      progress.finish();
      store.close();
      await policy.dispose();
    }
  });
}

/** What came of the retraining, which keeps it itself. */
async function retrainOnce(project: Project): Promise<RetrainingEnd> {
  const { end } = retrainingPathsIn(project.trainingFolder);
  return readKept(end, retrainingEndSchema) ?? (await retrainShowingProgress(project));
}

async function retrainShowingProgress(project: Project): Promise<RetrainingEnd> {
  const { terminal } = project;
  // The process of a command that was ended may be at it yet, and would write on where this one begins.
  await whenLeft(project.trainingFolder, terminal);
  const stages = showStages(terminal);
  try {
    return await runRetraining(taskOf(project), { signal: terminal.signal, onProgress: stages.update });
  } catch (error) {
    throw TrainerError.is(error, 'noExamples') ? whyNothingLearned(project) : error;
  } finally {
    stages.finish();
  }
}

function whyNothingLearned({ work, folder }: Project): CliError {
  const reader = openFeedbackReader(join(folder, storeName));
  const notStored = sumOf(Object.values(reader.notStored()));
  reader.close();
  return notStored > 0 ? nothingStored(work.name, notStored) : tooLittleToLearn(work);
}

/** What is asked of the process that retrains; the files of the workspace are written down for it. */
function taskOf({ options, work, earlier, folder, ...project }: Project): RetrainingTask {
  const write = (name: string, files: readonly SourceFile[]): string => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(files));
    return path;
  };
  return {
    ...{ modelFolder: project.modelFolder, baseModelId: options.model },
    ...{ storePath: join(folder, storeName), folder: project.trainingFolder },
    sourceFilesPath: write('sourceFiles.json', work.learnableFiles),
    shownFilesPath: options.context ? write('shownFiles.json', work.sourceFiles) : undefined,
    adaptersBefore: earlier && retrainingPathsIn(earlier.project.trainingFolder).adapters,
    ...{ hyperparameters: project.hyperparameters, limits: defaultLimits },
    ...{ seed: options.seed, threads: options.threads },
  };
}
