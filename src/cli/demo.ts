import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadPolicy, type BaseModel } from '../engine/generation/modelPolicy.ts';
import { policyIdOf } from '../engine/policy.ts';
import type { FeedbackStore } from '../feedback/storing/feedbackStore.ts';
import { openFeedbackStore } from '../feedback/storing/sqliteFeedbackStore.ts';
import { dataPathsIn, type DataPaths } from '../process/dataFolder.ts';
import { AdapterStore } from '../trainer/adapters/adapterStore.ts';
import type { RetrainOutcome } from '../trainer/gate/gate.ts';
import { retrain } from '../trainer/retrain.ts';
import { sayingWhatIsLeft } from './cancelling.ts';
import { demoSettingsFor, type DemoSettings } from './demoSettings.ts';
import { bringModel } from './models.ts';
import { collectFeedback } from './replay/collectFeedback.ts';
import type { ReplayTally } from './replay/replayedDeveloper.ts';
import { newestLines, typedLines } from './replay/typedWork.ts';
import { readWork, requireHeldOutWork, type Work, type WorkOptions } from './replay/work.ts';
import { showingStages } from './stageProgress.ts';
import type { Terminal } from './terminal.ts';

/** What the demo is asked to do. */
export interface DemoOptions extends WorkOptions {
  readonly model: string;
  /** Where store and adapters go; a new temporary folder when absent. */
  readonly data?: string | undefined;
  readonly seed: number;
  readonly threads: number;
  readonly maxRequests?: number | undefined;
  readonly maxLines?: number | undefined;
}

/** What the demo did and what came of it. */
export interface DemoResult {
  readonly model: string;
  readonly dataFolder: string;
  readonly collected: ReplayTally;
  readonly outcome: RetrainOutcome;
}

/** Replays a developer's work, retrains from it, and gives what both policies do on work held out. */
export async function runDemo(options: DemoOptions, terminal: Terminal): Promise<DemoResult> {
  const { name, folder, documents } = await readWork(options);
  terminal.tell(`Replaying ${name} with ${options.model}.`);
  const base = await bringModel(options.model, terminal);
  const settings = withOverrides(demoSettingsFor(base.config.embeddingSize), options);
  const work = { name, folder, documents: newestLines(documents, settings.maxLines) };
  const dataFolder = resolve(options.data ?? (await mkdtemp(join(tmpdir(), 'attune-demo-'))));
  const demo = { options, settings, base, work, terminal, paths: dataPathsIn(dataFolder) };
  const { collected, outcome } = await sayingWhatIsLeft(
    collectAndRetrain(demo),
    () => `The same command with --data ${dataFolder} goes on from here.`,
  );
  return { model: options.model, dataFolder, collected, outcome };
}

interface Demo {
  readonly options: DemoOptions;
  readonly settings: DemoSettings;
  readonly base: BaseModel;
  readonly work: Work;
  readonly terminal: Terminal;
  readonly paths: DataPaths;
}

function withOverrides(settings: DemoSettings, { maxRequests, maxLines }: DemoOptions): DemoSettings {
  return {
    ...settings,
    maxRequests: maxRequests ?? settings.maxRequests,
    maxLines: maxLines ?? settings.maxLines,
  };
}

async function collectAndRetrain(demo: Demo): Promise<Pick<DemoResult, 'collected' | 'outcome'>> {
  const { settings, work, paths } = demo;
  const { store } = openFeedbackStore(paths.store, Date.now());
  try {
    const lines = work.documents.reduce((sum, document) => sum + typedLines(document), 0);
    const collected = await collect(demo, store, Math.min(1, settings.maxRequests / lines));
    const { asked } = collected;
    const { heldOutShare } = settings.hyperparameters;
    requireHeldOutWork(store, heldOutShare, { name: work.name, typedLines: lines, asked });
    return { collected, outcome: await retrainFrom(demo, store) };
  } finally {
    store.close();
  }
}

/** A short replay: what is nearly right is taken in parts, as everything else. */
const plainHabits = { correctedShare: 0, takesCompletions: true } as const;

async function collect(
  { options, settings, base, work, terminal }: Demo,
  store: FeedbackStore,
  askedShare: number,
): Promise<ReplayTally> {
  const { model, threads, seed } = options;
  const { maxRequests, rankEvery, limits } = settings;
  const { folder, documents } = work;
  const policy = await loadPolicy(base, { id: policyIdOf(model, undefined), threads });
  const progress = terminal.showProgress('writing');
  try {
    return await collectFeedback({
      ...{ policy, limits, store, folder, documents, signal: terminal.signal },
      habits: { seed, rankEvery, asking: { kind: 'lines', share: askedShare }, ...plainHabits },
      onAsked: ({ asked, accepted }) =>
        progress.update(Math.min(asked, maxRequests), maxRequests, `asked ${asked}, accepted ${accepted}`),
    });
  } finally {
    progress.finish();
    await policy.dispose();
  }
}

async function retrainFrom(
  { options, settings, base, terminal, paths }: Demo,
  store: FeedbackStore,
): Promise<RetrainOutcome> {
  const { hyperparameters, limits } = settings;
  const { model: baseModelId, seed, threads } = options;
  const adapters = new AdapterStore(paths.adapters);
  const task = {
    ...{
      records: store,
      sourceFiles: [],
      baseModelId,
      base,
      adapters,
      hyperparameters,
      limits,
      seed,
      threads,
    },
    checkpointFolder: paths.checkpoint,
  };
  return showingStages(terminal, (hooks) => retrain(task, hooks));
}
