import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLimits } from '../../src/cli/options.ts';
import { minChances } from '../../src/completion/trimming/confidence.ts';
import { projectFolder } from '../../src/cli/replay/replayedProject.ts';
import { judgeWork } from '../../src/cli/replay/judgeWork.ts';
import type { ServedAdapter } from '../../src/engine/generation/servedPolicy.ts';
import { loraLayout } from '../../src/engine/model/lora.ts';
import { calibrated, policyIdOf, type AdapterId, type Calibration } from '../../src/engine/policy.ts';
import { dropMergedWeights } from '../../src/engine/weights/int8Weights.ts';
import type { LoadedAdapter } from '../../src/trainer/adapters/adapterFolder.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import type { Manifest } from '../../src/trainer/adapters/manifest.ts';
import { readManifest } from '../../src/trainer/adapters/adapterFolder.ts';
import { showSteps } from '../report/timeLeft.ts';
import { measureEveryPause } from './everyPause.ts';
import { measureHarm } from './harm.ts';
import { LazyPolicy } from './lazyPolicy.ts';
import { loadShowingProgress } from './loadShowingProgress.ts';
import type { Project, ProjectRun } from './measureProject.ts';
import { askingIn } from './pairWork.ts';
import { RememberingPolicy } from './rememberingPolicy.ts';
import { retrainingPathsIn } from './retrainingTask.ts';
import { rowOf, rowSchema, type Row } from './rows.ts';

/** The held-out requests as the policy of each stage answered them, in the same order. */
export interface StageRows {
  readonly base: readonly Row[];
  /** The base model with the silence that it learned at the gate; without one where none was worth having. */
  readonly baseSilent: readonly Row[];
  /** What SFT alone left. */
  readonly sft: readonly Row[];
  /** What all stages left, offering whatever it writes. */
  readonly final: readonly Row[];
  /** The same weights with the silence that they learned at the gate; without one where none was worth having. */
  readonly finalSilent: readonly Row[];
  /** What the gate kept, new weights or the ones before, with the silence it learned: what asked to be promoted. */
  readonly silent: readonly Row[];
}

/** Asks the base model and the policy of each stage at the same places of the held-out work, and looks at code of another author. */
export async function judgeStages(
  project: Project,
  adapterId: AdapterId,
): Promise<Pick<ProjectRun, 'manifest' | 'rows' | 'reach' | 'harm'>> {
  const paths = retrainingPathsIn(project.trainingFolder);
  const stores: Stores = { sft: paths.sftAdapters, final: paths.finalAdapters, kept: paths.adapters };
  const hashes: (string | undefined)[] = [];
  for (const store of Object.values(stores))
    hashes.push((await readManifest(join(store, adapterId))).weightsSha256);
  /** The first with the same weights: what writes the same is asked once. */
  const writerOf = (weights: Weights): Weights =>
    weightsNames[hashes.indexOf(hashes[weightsNames.indexOf(weights)])]!;
  const manifest = await readManifest(join(stores.kept, adapterId));
  const rows = await judgeRows(project, { stores, manifest, writerOf });
  const trained = {
    sft: await adapterIn(project, stores.sft, manifest),
    final: await adapterIn(project, stores.final, manifest),
  };
  return {
    ...{ manifest, rows },
    reach: await reachOf(project, trained, writerOf('final') === 'final'),
    harm: await measureHarm(project, trained.final),
  };
}

/** Folders of the adapters. */
type Stores = Readonly<Record<Weights, string>>;

interface Retrained {
  readonly stores: Stores;
  readonly manifest: Manifest;
  readonly writerOf: (weights: Weights) => Weights;
}

async function judgeRows(
  project: Project,
  { stores, manifest, writerOf }: Retrained,
): Promise<ProjectRun['rows']> {
  const { trainingFolder: folder, earlier } = project;
  const { calibration, candidateCalibrations: learned } = manifest;
  const stage = (name: string, weights: Weights, silence?: Calibration): Promise<Row[]> =>
    keptRows(`${join(folder, name)}.rows.jsonl`, async () =>
      judge(project, {
        ...{ name, weights: writerOf(weights), calibration: silence, folder },
        adapter: await adapterIn(project, stores[weights], manifest),
      }),
    );
  const baseSilence = earlier === undefined ? learned?.before : earlier.baseCalibration;
  // First without silence: what is written on then holds what is written with one.
  return {
    base: await judgeBase(project, project.folder, 'base'),
    sft: await stage('sft', 'sft'),
    final: await stage('final', 'final'),
    baseSilent: await judgeBase(project, folder, 'baseSilent', baseSilence),
    finalSilent: await stage('finalSilent', 'final', learned?.after),
    silent: await stage('silent', 'kept', calibration),
  };
}

/** The base model, whose answers are asked once for all retrainings. */
function judgeBase(
  project: Project,
  rowsFolder: string,
  name: string,
  calibration?: Calibration,
): Promise<Row[]> {
  const { folder } = project;
  return keptRows(`${join(rowsFolder, name)}.rows.jsonl`, () =>
    judge(project, { name, weights: 'base', adapter: undefined, calibration, folder }),
  );
}

/** How far base model and stages are right; of the last one only where it changed the weights. */
function reachOf(
  project: Project,
  { sft, final }: Readonly<Record<'sft' | 'final', ServedAdapter>>,
  isChanged: boolean,
): Promise<ProjectRun['reach']> {
  const thetas = { base: undefined, sft: sft.theta };
  return measureEveryPause(project, sft.lora, isChanged ? { ...thetas, final: final.theta } : thetas);
}

/** Weights of a run: after SFT, after all stages, and those that the gate kept, which may be the ones before. */
const weightsNames = ['sft', 'final', 'kept'] as const;

type Weights = (typeof weightsNames)[number];

/** What serves: an adapter with the silence it learned, or the base model where neither is there. */
export interface Served {
  readonly adapter?: ServedAdapter & { readonly id: AdapterId };
  readonly calibration?: Calibration | undefined;
}

/** What serves after a round's gate, if nothing but the base model served before. */
export async function servingAfter(
  project: Project,
  { manifest }: { readonly manifest: Manifest },
): Promise<Served> {
  if (!manifest.verdict.promoted) return {};
  const { adapters } = retrainingPathsIn(project.trainingFolder);
  return { adapter: await adapterIn(project, adapters, manifest), calibration: manifest.calibration };
}

/** What serves, at all held-out places of a project. */
export function judgeServing(
  project: Project,
  { adapter, calibration }: Served,
  name: string,
): Promise<Row[]> {
  const { trainingFolder: folder } = project;
  return keptRows(`${join(folder, name)}.rows.jsonl`, () =>
    judge(project, { ...{ name, weights: name, adapter, calibration, folder } }),
  );
}

/** The rows that a file holds; asked for and kept there, whole or not at all, where it is not there yet. */
async function keptRows(path: string, make: () => Promise<Row[]>): Promise<Row[]> {
  if (existsSync(path)) {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return lines.map((line) => rowSchema.parse(JSON.parse(line)));
  }
  const rows = await make();
  writeFileSync(`${path}.new`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  renameSync(`${path}.new`, path);
  return rows;
}

async function adapterIn(
  { base, options, trainingFolder }: Project,
  store: string,
  { adapterId, hyperparameters: { lora } }: Manifest,
): Promise<ServedAdapter & { readonly id: AdapterId }> {
  const fit = { layout: loraLayout(base.config, lora), baseModelId: options.model, alpha: lora.alpha };
  const { theta }: LoadedAdapter = await new AdapterStore(store).load(adapterId, fit);
  return { id: adapterId, lora, theta, folder: join(trainingFolder, 'merged') };
}

interface Judged {
  readonly name: string;
  /** Whose answers these are: what writes the same is asked once. */
  readonly weights: string;
  readonly adapter: (ServedAdapter & { readonly id: AdapterId }) | undefined;
  /** Given where it keeps silent when it is unsure. */
  readonly calibration?: Calibration | undefined;
  /** Where what was answered so far is kept. */
  readonly folder: string;
}

/** One policy at all held-out requests, as it would serve. */
async function judge(
  { base, options, work, terminal }: Project,
  { name, weights, adapter, calibration, folder }: Judged,
): Promise<Row[]> {
  const { model, threads, seed, maxRequests } = options;
  const { signal } = terminal;
  const served = { id: policyIdOf(model, adapter?.id), adapter, threads };
  const policy = new LazyPolicy(served.id, base.tokenizer, async () => {
    if (adapter !== undefined) await dropMergedWeights(adapter.folder);
    return loadShowingProgress(base, served, terminal);
  });
  const remembering = new RememberingPolicy(
    policy,
    join(folder, `${weights}.answers.jsonl`),
    calibration?.further,
  );
  const asking = askingIn(work.heldOut, maxRequests);
  const progress = showSteps(`judging ${name}`, asking.count, terminal.showProgress(`judging ${name}`));
  const rows: Row[] = [];
  try {
    await judgeWork({
      ...{ policy: calibrated(remembering, calibration), limits: defaultLimits, signal, seed, asking },
      minChance: minChances.balanced,
      ...{ folder: projectFolder, documents: work.heldOut },
      ...(options.context && { projectFiles: work.sourceFiles }),
      onJudged: (answer) => {
        rows.push(rowOf(answer, remembering.takeMs()));
        progress.done(`kept of ${rows.filter(({ keptChars }) => keptChars > 0).length}`);
      },
    });
    return rows;
  } finally {
    progress.finish();
    await policy.dispose();
    if (adapter !== undefined) rmSync(adapter.folder, { recursive: true, force: true });
  }
}
