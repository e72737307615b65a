import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { defaultLimits } from '../../src/cli/options.ts';
import { collectFeedback } from '../../src/cli/replay/collectFeedback.ts';
import type { ReplayTally } from '../../src/cli/replay/replayedDeveloper.ts';
import { showStages } from '../../src/cli/stageProgress.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { policyIdOf, type AdapterId } from '../../src/engine/policy.ts';
import type { ModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { openFeedbackStore } from '../../src/feedback/sqliteFeedbackStore.ts';
import { TrainerError } from '../../src/trainer/errors.ts';
import type { Manifest } from '../../src/trainer/manifest.ts';
import { showSteps } from '../report/timeLeft.ts';
import { tooLittleToLearn } from './errors.ts';
import type { Harm } from './harm.ts';
import { judgeStages, type StageRows } from './judgeStages.ts';
import type { LearningOptions } from './learningOptions.ts';
import { loadShowingProgress } from './loadShowingProgress.ts';
import { askingIn, projectFolder, type PairWork } from './pairWork.ts';
import { RememberingPolicy } from './rememberingPolicy.ts';
import { kept, modelIdentity, trainingFolder, workFolder } from './resultFolders.ts';
import { runRetraining } from './runRetraining.ts';

/** What a project is measured with. */
export interface Measuring {
  readonly options: Pick<
    LearningOptions,
    'model' | 'trainMinutes' | 'method' | 'maxRequests' | 'results' | 'seed' | 'threads'
  >;
  readonly base: ModelFolder;
  readonly modelFolder: string;
  readonly terminal: Pick<Terminal, 'signal' | 'showProgress'>;
}

/** What was measured of one project. */
export interface ProjectRun {
  readonly work: PairWork;
  readonly collected: ReplayTally;
  readonly manifest: Manifest;
  readonly gateSeconds: number;
  readonly peakRssMb: number;
  readonly rows: StageRows;
  readonly harm: Harm;
}

/** Every so many askings the developer ranks alternatives: once in a while, as the side panel invites to. */
const rankEvery = 12;

/** A quarter of what is nearly right is taken whole and corrected. */
const correctedShare = 0.25;

/**
 * PPO in small batches, so that a run of some minutes makes several of them and stops within one. The
 * defaults are for a night.
 */
const ppo = { rolloutsPerIteration: 16, minibatches: 2, epochs: 2 };

/**
 * Lives through the first part of a project's work, retrains once, and asks the policies of every
 * stage at the same places of the rest. Each step's result is kept; the same call goes on behind the
 * last one.
 */
export async function measureProject(work: PairWork, measuring: Measuring): Promise<ProjectRun> {
  const project = openProject(work, measuring);
  const collected = await collect(project);
  const { adapterId, ...end } = await retrainOnce(project);
  return { work, collected, ...end, ...(await judgeStages(project, adapterId as AdapterId)) };
}

/** One project under way. */
export interface Project extends Measuring {
  readonly work: PairWork;
  /** For all that does not depend on how it is retrained. */
  readonly folder: string;
  readonly trainingFolder: string;
  readonly hyperparameters: object;
}

function openProject(work: PairWork, measuring: Measuring): Project {
  const { options, modelFolder } = measuring;
  const { seed, maxRequests, results, trainMinutes, method = 'ppo' } = options;
  const { first, heldOut } = work;
  const habits = { rankEvery, correctedShare };
  const facts = {
    ...{ first, heldOut, seed, maxRequests, habits, limits: defaultLimits },
    model: modelIdentity(modelFolder),
  };
  const folder = workFolder(results, work.name, facts);
  const hyperparameters = { method, ppo, timeBudgetMs: trainMinutes * 60_000 };
  const training = trainingFolder(folder, { hyperparameters });
  return { ...measuring, work, folder, trainingFolder: training, hyperparameters };
}

const tallySchema = z.object({
  asked: z.number(),
  shown: z.number(),
  accepted: z.number(),
  keptChars: z.number(),
  typedChars: z.number(),
});

/** Lives through the first part with the base model; what comes of it is stored. */
function collect({ options, base, work, folder, terminal }: Project): Promise<ReplayTally> {
  return kept(join(folder, 'collected.json'), tallySchema, async () => {
    const asking = askingIn(work.first, options.maxRequests);
    const { store } = openFeedbackStore(join(folder, 'feedback.sqlite'), 0);
    const { model, threads } = options;
    const served = { id: policyIdOf(model, undefined), adapter: undefined, threads };
    const policy = await loadShowingProgress(base, served, terminal);
    const progress = showSteps('living', asking.count, terminal.showProgress('living'));
    try {
      return await collectFeedback({
        policy: new RememberingPolicy(policy, join(folder, 'collected.answers.jsonl')),
        ...{ limits: defaultLimits, store, folder: projectFolder, documents: work.first },
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

const endSchema = z.object({ adapterId: z.string(), gateSeconds: z.number(), peakRssMb: z.number() });

function retrainOnce({ options, work, folder, terminal, ...project }: Project) {
  return kept(join(project.trainingFolder, 'retrained.json'), endSchema, async () => {
    const stages = showStages(terminal);
    const sourceFilesPath = join(folder, 'sourceFiles.json');
    writeFileSync(sourceFilesPath, JSON.stringify(work.sourceFiles));
    try {
      return await runRetraining(
        {
          ...{ modelFolder: project.modelFolder, baseModelId: options.model },
          ...{ storePath: join(folder, 'feedback.sqlite'), sourceFilesPath, folder: project.trainingFolder },
          ...{ hyperparameters: project.hyperparameters, limits: defaultLimits },
          ...{ seed: options.seed, threads: options.threads },
        },
        { signal: terminal.signal, onProgress: stages.update },
      );
    } catch (error) {
      throw TrainerError.is(error, 'noExamples') ? tooLittleToLearn(work) : error;
    } finally {
      stages.finish();
    }
  });
}
