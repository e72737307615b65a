import type * as vscode from 'vscode';
import type { Clock } from '../completion/clock.ts';
import { adaptersIn } from '../process/adapters.ts';
import type { EngineClient } from '../process/clients.ts';
import { ClusterChildClient } from '../process/clusterChildClient.ts';
import type { DataPaths } from '../process/dataFolder.ts';
import { TrainerChildClient } from '../process/trainerChildClient.ts';
import { AdapterExchange } from './adapterExchange.ts';
import { BeforeAfterPanel } from './beforeAfterPanel.ts';
import { childOptions } from './childOptions.ts';
import { ClusterMemory } from './clusterMemory.ts';
import { ClusterTraining } from './clusterTraining.ts';
import { commandHandlers } from './commandHandlers.ts';
import type { CommandId } from './commands.ts';
import type { CurrentSettings } from './currentSettings.ts';
import type { EngineStarter } from './engineStarter.ts';
import { versionOf } from './extensionVersion.ts';
import { hyperparameterOverrides } from './hyperparameterOverrides.ts';
import type { LearnHere } from './learnHere.ts';
import { LearningReportPanels } from './learningReportPanels.ts';
import type { MeasuredModels } from './measuredModels.ts';
import type { Notices } from './notices.ts';
import { RankPanel } from './rankPanel.ts';
import type { RememberingLog } from './rememberingLog.ts';
import { Retraining } from './retraining.ts';
import type { RetrainMemory } from './retrainMemory.ts';
import type { Snooze } from './snooze.ts';
import type { StatusFacts } from './statusText.ts';
import { storedWork } from './storedWork.ts';
import type { WindowFeedback } from './windowFeedback.ts';

/** What a window has from its start. */
export interface WindowParts {
  readonly context: vscode.ExtensionContext;
  readonly log: RememberingLog;
  readonly notices: Notices;
  readonly settings: CurrentSettings;
  readonly paths: DataPaths;
  readonly clock: Clock;
  readonly engine: EngineClient;
  readonly feedback: WindowFeedback;
  readonly learnHere: LearnHere;
  readonly measured: MeasuredModels;
  readonly memory: RetrainMemory;
  readonly snooze: Snooze;
  readonly starter: EngineStarter;
  readonly statusFacts: () => StatusFacts;
  /** Something changed that the status bar shows. */
  readonly onChanged: () => void;
  readonly run: (command: CommandId) => unknown;
}

/** What is there once the first command has needed it. */
export type OnDemand = Awaited<ReturnType<typeof commandParts>>;

/** What only commands need: panels, retraining, adapters in and out, clusters. Its code is loaded for the first of them. */
export async function commandParts(window: WindowParts) {
  const { context, feedback, notices, log, clock, engine, paths, run, onChanged } = window;
  const { store } = await feedback.opened();
  const settings = () => window.settings.value;
  const { extensionUri } = context;
  const adapters = adaptersIn(paths.adapters);
  const child = { ...childOptions(context, log, 'trainer.mjs'), wantedFile: paths.wanted };
  const trainer = new TrainerChildClient(child);
  const hyperparameters = hyperparameterOverrides(process.env, log);
  const storeSettled = () => feedback.settled();
  const forgetCount = () => feedback.forgetCount();
  const onRecordsChanged = () => {
    forgetCount();
    onChanged();
  };

  const reports = new LearningReportPanels({ extensionUri, adapters, engine, notices });
  const retraining = new Retraining({
    ...{ trainer, engine, settings, paths, storeSettled, notices, log, hyperparameters, onChanged },
    mayLearnHere: window.learnHere.isAllowed,
    memory: window.memory,
    now: () => ({ atMs: clock.nowMs(), storedRecords: storedNumber(feedback) }),
    showReport: (id) => reports.show(id),
    rollBack: () => run('attune.rollBack'),
  });
  const beforeAfter = new BeforeAfterPanel({ extensionUri, engine, log });
  const rankPanel = new RankPanel({
    ...{ extensionUri, engine, feedback, settings, clock, log, onChanged: onRecordsChanged },
  });
  const { feedbackCommands, dataPanel } = storedWork({
    ...{ extensionUri, store, storeSettled, adapters, engine, paths, clock, notices, run, reports },
    ...{ storageRules: () => feedback.storageRules(), onChanged: onRecordsChanged },
  });
  const exchange = { trainer, adapters, engine, settings, paths, storeSettled, notices, hyperparameters };
  const adapterExchange = new AdapterExchange({ ...exchange, reports, retrainFrom: retraining.runFrom });
  const clusterTraining = new ClusterTraining({
    ...{ ...exchange, exchange: adapterExchange },
    // Beside the trainer's own process: a job may take hours.
    cluster: new ClusterChildClient(child),
    memory: new ClusterMemory(context.globalState, context.secrets),
  });
  const handlers = commandHandlers({
    ...window,
    ...{ adapters, adapterExchange, beforeAfter, clusterTraining, dataPanel, feedbackCommands, forgetCount },
    ...{ rankPanel, reports, retraining },
    diagnostics: { version: versionOf(context.extension), engine, settings, storeSettled, paths, log, clock },
  });
  const disposables = [beforeAfter, rankPanel, reports, clusterTraining, trainer];
  return { handlers, rankPanel, retraining, dispose: () => disposables.forEach((each) => each.dispose()) };
}

function storedNumber({ storedCount }: WindowFeedback): number {
  return typeof storedCount === 'number' ? storedCount : 0;
}
