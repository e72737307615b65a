import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
// First, because the modules below make texts as they load.
import './editor/localise.ts';
import { AdapterExchange } from './editor/adapterExchange.ts';
import { BeforeAfterPanel } from './editor/beforeAfterPanel.ts';
import { ClusterMemory } from './editor/clusterMemory.ts';
import { ClusterTraining, type ClusterTrainingOptions } from './editor/clusterTraining.ts';
import { commandHandlers } from './editor/commandHandlers.ts';
import { listeningContext, type CommandId } from './editor/commands.ts';
import { Checkouts } from './editor/checkouts.ts';
import { CompletionCommands, registerNotes } from './editor/completionCommands.ts';
import { CurrentSettings } from './editor/currentSettings.ts';
import { dataPaths } from './editor/dataFolder.ts';
import { documentSelector } from './editor/documentPlace.ts';
import { listenToEditors } from './editor/editorListeners.ts';
import { EngineStarter } from './editor/engineStarter.ts';
import { versionOf } from './editor/extensionVersion.ts';
import { showGrown } from './editor/grownCompletion.ts';
import { hyperparameterOverrides } from './editor/hyperparameterOverrides.ts';
import { AttuneInlineCompletionProvider } from './editor/inlineCompletionProvider.ts';
import { learnHereIn } from './editor/learnHereQuestion.ts';
import { LearningReportPanels } from './editor/learningReportPanels.ts';
import type { Logger } from './editor/logger.ts';
import { MeasuredModels } from './editor/measuredModels.ts';
import { Notices } from './editor/notices.ts';
import { OpenDocuments } from './editor/openDocuments.ts';
import { isOnPower } from './editor/power.ts';
import { RankPanel } from './editor/rankPanel.ts';
import { rankViewId } from './editor/rankView.ts';
import { registerCommands } from './editor/registerCommands.ts';
import { RememberingLog } from './editor/rememberingLog.ts';
import { Retraining } from './editor/retraining.ts';
import { RetrainMemory } from './editor/retrainMemory.ts';
import { RetrainSchedule } from './editor/retrainSchedule.ts';
import { Snooze } from './editor/snooze.ts';
import { currentFacts, StatusBar } from './editor/statusBar.ts';
import { storedWork } from './editor/storedWork.ts';
import { Thinking } from './editor/thinking.ts';
import { TypedKeys } from './editor/typedKeys.ts';
import { showWalkthroughOnce } from './editor/walkthrough.ts';
import { windowAlternatives } from './editor/windowAlternatives.ts';
import { windowCompleter } from './editor/windowCompleter.ts';
import { WindowFeedback } from './editor/windowFeedback.ts';
import { systemClock as clock } from './feedback/systemClock.ts';
import { adaptersIn } from './process/adapters.ts';
import type { EngineClient } from './process/clients.ts';
import { ClusterChildClient } from './process/clusterChildClient.ts';
import { meetingFolders } from './process/privateFolder.ts';
import { SharedEngineClient } from './process/sharedEngineClient.ts';
import { TrainerChildClient } from './process/trainerChildClient.ts';

const keptWhenHidden = { webviewOptions: { retainContextWhenHidden: true } };

/** Builds every part of the extension, puts them together, and starts the engine in the background. */
export function activate(context: vscode.ExtensionContext): void {
  const { extensionUri } = context;
  const log = openLog();
  const notices = new Notices(log);
  const currentSettings = new CurrentSettings(log);
  const settings = () => currentSettings.value;
  const paths = dataPaths(context.globalStorageUri.fsPath, process.env);
  const adapters = adaptersIn(paths.adapters);
  const engine = sharedEngine(context, log);
  const trainer = ownTrainer(context, log, paths.wanted);
  const hyperparameters = hyperparameterOverrides(process.env, log);
  const openDocuments = new OpenDocuments(settings);
  const snooze = new Snooze(context.globalState, clock, () => statusBar.refresh());
  const thinking = new Thinking(clock, () => statusBar.refresh());
  const completer = windowCompleter({
    ...{ engine, settings: currentSettings, snooze, openDocuments, clock, thinking },
  });
  const learnHere = learnHereIn(context, currentSettings, dirname(paths.store));
  const [mayLearnHere, storePath] = [learnHere.isAllowed, paths.store];
  const feedback = new WindowFeedback({ storePath, settings, mayLearnHere, completer, clock, notices, log });
  const { store, offers, handle: hear } = feedback;
  const storeSettled = () => feedback.settled();

  const reports = new LearningReportPanels({ extensionUri, adapters, engine, notices });
  const memory = new RetrainMemory(context.globalState);
  const retraining = new Retraining({
    ...{ trainer, engine, settings, mayLearnHere, paths, storeSettled, memory, notices, log },
    hyperparameters,
    onChanged: () => statusBar.refresh(),
    now: () => ({ atMs: clock.nowMs(), storedRecords: feedback.records.count ?? 0 }),
    showReport: (id) => reports.show(id),
    rollBack: () => run('attune.rollBack'),
  });
  const retrain = () => void retraining.runUnasked();
  const schedule = new RetrainSchedule({ settings, feedback, memory, clock, isOnPower, retrain });
  const statusFacts = () =>
    currentFacts({ engine, settings: currentSettings, snooze, thinking, retraining, feedback });
  const statusBar = new StatusBar(statusFacts, clock);
  const onChanged = () => {
    feedback.records.forgetCount();
    statusBar.refresh();
  };
  const starter = new EngineStarter({
    ...{ engine, completer, notices, settings: currentSettings, adaptersFolder: paths.adapters },
  });
  const beforeAfter = new BeforeAfterPanel({ extensionUri, engine, log });
  const measured = new MeasuredModels({ engine, settings, values: context.globalState, clock, log });
  const rankPanel = new RankPanel({ extensionUri, engine, feedback, settings, clock, log, onChanged });
  const completions = new CompletionCommands({ offers, hear, clock });
  const { feedbackCommands, dataPanel } = storedWork({
    ...{ extensionUri, store, storeSettled, adapters, engine, paths, clock, notices, run, reports },
    ...{ storageRules: () => feedback.storageRules(), onChanged },
  });
  const alternatives = windowAlternatives({ engine, completer, offers, hear, clock, settings });
  const provider = new AttuneInlineCompletionProvider({ completer, alternatives, trainer, clock, hear, log });
  const exchange = { trainer, adapters, engine, settings, paths, storeSettled, notices, hyperparameters };
  const adapterExchange = new AdapterExchange({ ...exchange, reports, retrainFrom: retraining.runFrom });
  const clusterTraining = onClusters(context, log, { ...exchange, exchange: adapterExchange });
  const handlers = commandHandlers({
    ...{ adapters, alternatives, completions, dataPanel, engine, feedbackCommands, log, notices },
    ...{ adapterExchange, clusterTraining, rankPanel, reports, retraining, snooze, starter, statusFacts },
    ...{ settings: currentSettings, records: feedback.records, learnHere, measured, beforeAfter },
    diagnostics: { version: versionOf(context.extension), engine, settings, storeSettled, paths, log, clock },
  });

  context.subscriptions.push(
    listenToEditors([feedback, { handle: statusBar.refresh }, new TypedKeys({ completer, trainer })], clock),
    registerNotes(completions),
    showGrown(completer, offers, alternatives),
    registerCommands(handlers, notices),
    vscode.languages.registerInlineCompletionItemProvider(documentSelector, provider),
    vscode.window.registerWebviewViewProvider(rankViewId, rankPanel, keptWhenHidden),
    engine.onStateChanged(statusBar.refresh),
    currentSettings.onChanged(statusBar.refresh),
    vscode.window.onDidChangeActiveTextEditor(statusBar.refresh),
    ...[starter, measured, beforeAfter, schedule, rankPanel, feedback, statusBar, completer, trainer, engine],
    ...[clusterTraining, openDocuments, currentSettings, snooze, new Checkouts(hear, clock), reports, log],
  );
  void vscode.commands.executeCommand('setContext', listeningContext, true);
  starter.start();
  void showWalkthroughOnce(context.globalState);
}

function openLog(): RememberingLog {
  return new RememberingLog(vscode.window.createOutputChannel('Attune', { log: true }), () => clock.nowMs());
}

/** The child process of a bundle that lies beside this one. */
function childOptions(context: vscode.ExtensionContext, log: Logger, bundle: string) {
  const entryPath = join(context.extensionPath, 'dist', bundle);
  return { entryPath, log: (line: string) => log.info(line), clock };
}

function ownTrainer(context: vscode.ExtensionContext, log: Logger, wantedFile: string): TrainerChildClient {
  return new TrainerChildClient({ ...childOptions(context, log, 'trainer.mjs'), wantedFile });
}

/** The talk with a cluster has a process beside the trainer's own: a job may take hours. */
function onClusters(
  context: vscode.ExtensionContext,
  log: Logger,
  options: Omit<ClusterTrainingOptions, 'cluster' | 'memory'>,
): ClusterTraining {
  const child = { ...childOptions(context, log, 'trainer.mjs'), wantedFile: options.paths.wanted };
  const memory = new ClusterMemory(context.globalState, context.secrets);
  return new ClusterTraining({ ...options, cluster: new ClusterChildClient(child), memory });
}

function sharedEngine(context: vscode.ExtensionContext, log: Logger): EngineClient {
  const options = childOptions(context, log, 'engine.mjs');
  return new SharedEngineClient({
    ...options,
    version: versionOf(context.extension),
    folders: meetingFolders(),
  });
}

function run(command: CommandId): unknown {
  return vscode.commands.executeCommand(command);
}
