import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { alternativesAt, completeAt } from '../completion/completeAt.ts';
import { CompletionCache } from '../completion/completionCache.ts';
import { Completer } from '../completion/completer.ts';
import { RefusedTexts } from '../completion/refusedTexts.ts';
import type { CompletionId } from '../completion/completion.ts';
import { loadPolicy, type BaseModel } from '../engine/generation/modelPolicy.ts';
import { policyIdOf } from '../engine/policy.ts';
import { CompletionTracker } from '../feedback/completionTracker.ts';
import { ScreenedSink } from '../feedback/screenedSink.ts';
import { openFeedbackStore } from '../feedback/sqliteFeedbackStore.ts';
import type { FeedbackStore } from '../feedback/feedbackStore.ts';
import { TypingObserver } from '../feedback/typingObserver.ts';
import { AdapterStore } from '../trainer/adapterStore.ts';
import { retrain, type RetrainOutcome } from '../trainer/retrain.ts';
import { demoSettingsFor, type DemoSettings } from './demoSettings.ts';
import { bringModel } from './models.ts';
import { showProgress } from './progressBar.ts';
import { readProjectFiles } from './replay/projectFiles.ts';
import { ReplayedDeveloper, type ReplayTally } from './replay/replayedDeveloper.ts';
import { ReplayEditor } from './replay/replayEditor.ts';
import {
  changesBetween,
  newerHalf,
  newestLines,
  typedLines,
  type TypedDocument,
} from './replay/typedWork.ts';
import { VirtualClock } from './replay/virtualClock.ts';

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
    const collected = await collect({ options, settings, base, store, folder, documents });
    const outcome = await retrainFrom({ options, settings, base, store, dataFolder });
    return { model: options.model, dataFolder, collected, outcome };
  } finally {
    store.close();
  }
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

interface Collection {
  readonly options: DemoOptions;
  readonly settings: DemoSettings;
  readonly base: BaseModel;
  readonly store: FeedbackStore;
  readonly folder: string;
  readonly documents: readonly TypedDocument[];
}

/** Lets the developer write with completions from the untrained policy, and keeps what came of them. */
async function collect({
  options,
  settings,
  base,
  store,
  folder,
  documents,
}: Collection): Promise<ReplayTally> {
  const work = newestLines(documents, settings.maxLines);
  const lines = work.reduce((sum, document) => sum + typedLines(document), 0);
  const clock = new VirtualClock(Date.now());
  const policy = await loadPolicy(base, {
    id: policyIdOf(options.model, undefined),
    threads: options.threads,
  });
  const sink = new ScreenedSink(
    store,
    () => ({ excludedPatterns: [], workspaceFolders: [folder] }),
    reportProblem,
  );
  const tracker = new CompletionTracker(sink, clock);
  let openEditor: ReplayEditor | undefined;
  const observer = new TypingObserver({
    sink,
    readDocument: () => openEditor,
    contextChars: observedContextChars,
    newId: idSource('typed'),
  });
  const completer = new Completer({
    complete: (request, signal) => completeAt(request, policy, signal),
    clock,
    cache: new CompletionCache(),
    refused: new RefusedTexts(clock),
    settings: () => ({ isEnabled: true, languages: {}, debounceMs, ...settings.limits }),
    newId: idSource('completion') as () => CompletionId,
  });
  completer.setPolicy(policy.id);
  const progress = showProgress('Writing');
  const developer = new ReplayedDeveloper(
    {
      seed: options.seed,
      askedShare: Math.min(1, settings.maxRequests / lines),
      rankEvery: settings.rankEvery,
    },
    {
      ...{
        clock,
        completer,
        debounceMs,
        limits: settings.limits,
        policyId: policy.id,
        signal: options.signal,
      },
      alternatives: (request) =>
        alternativesAt({ ...request, id: nextAlternativesId() }, policy, options.signal),
      addRanking: (ranking) => sink.addRanking(ranking),
      onAsked: ({ asked, accepted }) =>
        progress.update(
          Math.min(asked, settings.maxRequests),
          settings.maxRequests,
          `asked ${asked}, accepted ${accepted}`,
        ),
    },
  );
  for (const document of work) {
    const documentUri = pathToFileURL(join(folder, document.path)).href;
    openEditor = new ReplayEditor(
      { documentUri, languageId: document.languageId, text: document.before },
      clock,
      [(event) => tracker.handle(event), (event) => observer.handle(event)],
    );
    await developer.write(document, openEditor);
    await sink.settled();
  }
  progress.finish();
  tracker.dispose();
  await policy.dispose();
  return developer.tally;
}

/** As long as Attune's own default; the replayed typist never types faster. */
const debounceMs = 75;
/** As much as a prompt can take. */
const observedContextChars = 4096;

const nextAlternativesId = idSource('alternatives') as () => CompletionId;

function idSource(kind: string): () => string {
  let count = 0;
  return () => `${kind}-${(count += 1)}`;
}

function reportProblem(problem: unknown): void {
  throw problem;
}

async function retrainFrom({
  options,
  settings,
  base,
  store,
  dataFolder,
}: Omit<Collection, 'folder' | 'documents'> & { readonly dataFolder: string }): Promise<RetrainOutcome> {
  const bars = new Map<string, ReturnType<typeof showProgress>>();
  const barOf = (stage: string): ReturnType<typeof showProgress> => {
    const bar = bars.get(stage) ?? showProgress(stage);
    bars.set(stage, bar);
    return bar;
  };
  const outcome = await retrain(
    {
      records: store,
      baseModelId: options.model,
      base,
      adapters: new AdapterStore(join(dataFolder, 'adapters')),
      checkpointFolder: join(dataFolder, 'checkpoint'),
      hyperparameters: settings.hyperparameters,
      limits: settings.limits,
      seed: options.seed,
      threads: options.threads,
    },
    {
      signal: options.signal,
      onProgress: ({ stage, step, totalSteps, numbers }) => {
        const note = Object.entries(numbers)
          .slice(0, 2)
          .map(([name, value]) => `${name} ${value.toFixed(3)}`);
        barOf(stage).update(step, totalSteps, note.join(', '));
        if (step === totalSteps) barOf(stage).finish();
      },
      waitForTurn: () => Promise.resolve(),
      nowMs: () => Date.now(),
    },
  );
  return outcome;
}

/** The name of what is replayed, for the headline. */
export function nameOfWork({ old, new: newer, project }: DemoOptions): string {
  return old === undefined || newer === undefined
    ? basename(resolve(project))
    : `${basename(resolve(old))} to ${basename(resolve(newer))}`;
}
