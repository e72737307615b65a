import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { loadPolicy, type BaseModel } from '../engine/generation/modelPolicy.ts';
import { policyIdOf } from '../engine/policy.ts';
import type { FeedbackStore } from '../feedback/feedbackStore.ts';
import { openFeedbackStore } from '../feedback/sqliteFeedbackStore.ts';
import { AdapterStore } from '../trainer/adapterStore.ts';
import type { RetrainOutcome } from '../trainer/gate.ts';
import { retrain } from '../trainer/retrain.ts';
import type { RetrainProgress } from '../trainer/retrainRun.ts';
import { demoSettingsFor, type DemoSettings } from './demoSettings.ts';
import { bringModel } from './models.ts';
import { showProgress, type Progress } from './progressBar.ts';
import { collectFeedback } from './replay/collectFeedback.ts';
import { readProjectFiles } from './replay/projectFiles.ts';
import type { ReplayTally } from './replay/replayedDeveloper.ts';
import {
  changesBetween,
  newerHalf,
  newestLines,
  typedLines,
  type TypedDocument,
} from './replay/typedWork.ts';

/** What the demo is asked to do. */
export interface DemoOptions {
  readonly model: string;
  /** A project whose newer half is replayed. */
  readonly project: string;
  /** Both given: two versions of a project, whose difference is replayed instead. */
  readonly old?: string | undefined;
  readonly new?: string | undefined;
  /** Where store and adapters go; a new temporary folder when absent. */
  readonly data?: string | undefined;
  readonly seed: number;
  readonly threads: number;
  readonly maxRequests?: number | undefined;
  readonly maxLines?: number | undefined;
  readonly signal: AbortSignal;
}

/** What the demo did and what came of it. */
export interface DemoResult {
  readonly model: string;
  readonly dataFolder: string;
  readonly collected: ReplayTally;
  readonly outcome: RetrainOutcome;
}

/** Replays a developer's work, retrains from it, and gives what both policies do on work held out. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { folder, documents } = await readWork(options);
  const base = await bringModel(options.model, options.signal);
  const settings = withOverrides(demoSettingsFor(base.config.embeddingSize), options);
  const dataFolder = resolve(options.data ?? (await mkdtemp(join(tmpdir(), 'attune-demo-'))));
  const { store } = openFeedbackStore(join(dataFolder, 'feedback.sqlite'), Date.now());
  try {
    const demo: Demo = { options, settings, base, store, dataFolder };
    const collected = await collect(demo, folder, newestLines(documents, settings.maxLines));
    return { model: options.model, dataFolder, collected, outcome: await retrainFrom(demo) };
  } finally {
    store.close();
  }
}

/** The name of what is replayed, for the headline. */
export function nameOfWork({
  old,
  new: newer,
  project,
}: Pick<DemoOptions, 'old' | 'new' | 'project'>): string {
  return old === undefined || newer === undefined
    ? basename(resolve(project))
    : `${basename(resolve(old))} to ${basename(resolve(newer))}`;
}

interface Demo {
  readonly options: DemoOptions;
  readonly settings: DemoSettings;
  readonly base: BaseModel;
  readonly store: FeedbackStore;
  readonly dataFolder: string;
}

async function readWork(options: DemoOptions): Promise<{ folder: string; documents: TypedDocument[] }> {
  if (options.old !== undefined && options.new !== undefined) {
    const [older, newer] = await Promise.all([readProjectFiles(options.old), readProjectFiles(options.new)]);
    return { folder: resolve(options.new), documents: changesBetween(older, newer) };
  }
  return { folder: resolve(options.project), documents: newerHalf(await readProjectFiles(options.project)) };
}

function withOverrides(settings: DemoSettings, { maxRequests, maxLines }: DemoOptions): DemoSettings {
  return {
    ...settings,
    maxRequests: maxRequests ?? settings.maxRequests,
    maxLines: maxLines ?? settings.maxLines,
  };
}

async function collect(
  { options, settings, base, store }: Demo,
  folder: string,
  documents: readonly TypedDocument[],
): Promise<ReplayTally> {
  const { model, threads, seed, signal } = options;
  const { maxRequests, rankEvery, limits } = settings;
  const lines = documents.reduce((sum, document) => sum + typedLines(document), 0);
  const policy = await loadPolicy(base, { id: policyIdOf(model, undefined), threads });
  const progress = showProgress('writing');
  try {
    return await collectFeedback({
      ...{ policy, limits, store, folder, documents, signal },
      habits: { seed, rankEvery, askedShare: Math.min(1, maxRequests / lines) },
      onAsked: ({ asked, accepted }) =>
        progress.update(Math.min(asked, maxRequests), maxRequests, `asked ${asked}, accepted ${accepted}`),
    });
  } finally {
    progress.finish();
    await policy.dispose();
  }
}

async function retrainFrom({ options, settings, base, store, dataFolder }: Demo): Promise<RetrainOutcome> {
  const { hyperparameters, limits } = settings;
  const { model: baseModelId, seed, threads, signal } = options;
  const adapters = new AdapterStore(join(dataFolder, 'adapters'));
  const checkpointFolder = join(dataFolder, 'checkpoint');
  return retrain(
    {
      records: store,
      ...{ baseModelId, base, adapters, checkpointFolder, hyperparameters, limits, seed, threads },
    },
    { signal, onProgress: stageProgress(), waitForTurn: () => Promise.resolve(), nowMs: () => Date.now() },
  );
}

/** One bar per stage. */
function stageProgress(): (progress: RetrainProgress) => void {
  const bars = new Map<string, Progress>();
  return ({ stage, step, totalSteps, numbers }) => {
    const bar = bars.get(stage) ?? showProgress(stage);
    bars.set(stage, bar);
    const newest = Object.entries(numbers).slice(0, 2);
    bar.update(step, totalSteps, newest.map(([name, value]) => `${name} ${value.toFixed(3)}`).join(', '));
    if (step === totalSteps) bar.finish();
  };
}
