import type * as vscode from 'vscode';
import { adaptersIn } from '../process/adapters.ts';
import { ClusterChildClient } from '../process/cluster/clusterChildClient.ts';
import { FeedbackChildClient } from '../process/exchange/feedbackChildClient.ts';
import { PredictionChildClient } from '../process/training/predictionChildClient.ts';
import { TrainerChildClient } from '../process/training/trainerChildClient.ts';
import { AdapterExchange } from './learning/adapterExchange.ts';
import { BeforeAfterPanel } from './learning/beforeAfterPanel.ts';
import { childOptions } from './model/childOptions.ts';
import { ClusterMemory } from './learning/clusterMemory.ts';
import { ClusterTraining } from './learning/clusterTraining.ts';
import { commandHandlers } from './commandHandlers.ts';
import { versionOf } from './extensionVersion.ts';
import { hyperparameterOverrides } from './learning/hyperparameterOverrides.ts';
import { LearningReportPanels } from './learning/learningReportPanels.ts';
import type { Window } from './openWindow.ts';
import { PredictedModels } from './model/predictedModels.ts';
import { Retraining } from './learning/retraining.ts';
import { runCommand } from './runCommand.ts';
import type { StatusFacts } from './status/statusText.ts';
import { storedWork } from './stored/storedWork.ts';

/** What the parts are built on. */
export interface CommandWindow extends Window {
  readonly context: vscode.ExtensionContext;
  readonly statusFacts: () => StatusFacts;
}

/** What is there once the first command has needed it. */
export type OnDemand = Awaited<ReturnType<typeof commandParts>>;

/** What only commands need: panels, retraining, adapters in and out, clusters. Its code is loaded for the first of them. */
export async function commandParts(window: CommandWindow) {
  const { context, feedback, notices, log, clock, engine, paths, onChanged, onRecordsChanged } = window;
  const { requireModel, startForCommand: startEngine, startToLook } = window.starter;
  const { store } = await feedback.opened();
  const settings = () => window.settings.value;
  const { extensionUri } = context;
  const adapters = adaptersIn(paths.adapters);
  const child = { ...childOptions(context, log, 'trainer.mjs'), wantedFile: paths.wanted };
  const trainer = new TrainerChildClient(child);
  const hyperparameters = hyperparameterOverrides(process.env, log);
  const storeSettled = () => feedback.settled();
  const forgetCount = () => feedback.forgetCount();

  const reports = new LearningReportPanels({ extensionUri, adapters, engine, settings, notices });
  const needs = { settings, paths, hyperparameters, requireModel, storeSettled, notices };
  const mayLearnHere = window.learnHere.isAllowed;
  const retraining = new Retraining({
    ...{ ...needs, trainer, engine, log, onChanged, mayLearnHere },
    memory: window.memory,
    nowMs: () => clock.nowMs(),
    showReport: (id) => reports.show(id),
    rollBack: () => runCommand('attune.rollBack'),
  });
  const schedule = window.settings.onChanged(retraining.followSchedule);
  const beforeAfter = new BeforeAfterPanel({ extensionUri, engine, startEngine, log });
  const feedbackExchange = new FeedbackChildClient(child);
  const { feedbackCommands, dataPanel } = storedWork({
    ...{ extensionUri, store, storeSettled, adapters, engine, settings, paths, clock, notices, reports },
    ...{ storageRules: () => feedback.storageRules(), onChanged: onRecordsChanged, run: runCommand },
    exchange: feedbackExchange,
  });
  const adapterExchange = new AdapterExchange({
    ...{ ...needs, trainer, adapters, engine, reports, mayLearnHere, retrainFrom: retraining.runFrom },
  });
  const clusterTraining = new ClusterTraining({
    ...{ ...needs, exchange: adapterExchange },
    // Beside the trainer's own process: a job may take hours.
    cluster: new ClusterChildClient(child),
    memory: new ClusterMemory(context.globalState, context.secrets),
  });
  const prediction = new PredictionChildClient(child);
  const predicted = new PredictedModels({ client: prediction, settings, log });
  const handlers = commandHandlers({
    ...window,
    ...{ adapters, adapterExchange, beforeAfter, clusterTraining, dataPanel, feedbackCommands, forgetCount },
    ...{ predicted, reports, retraining },
    diagnostics: {
      ...{ engine, startToLook, settings, storeSettled, paths, log, clock },
      version: versionOf(context.extension),
      written: () => window.settings.written,
    },
  });
  const disposables = [
    schedule,
    beforeAfter,
    reports,
    clusterTraining,
    trainer,
    feedbackExchange,
    prediction,
  ];
  return { handlers, retraining, dispose: () => disposables.forEach((each) => void each.dispose()) };
}
