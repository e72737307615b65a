import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
// First, because the modules below make texts as they load.
import './editor/localise.ts';
import { Checkouts } from './editor/checkouts.ts';
import type { OnDemand } from './editor/commandParts.ts';
import { listeningContext, type CommandId } from './editor/commands.ts';
import { CompletionCommands, registerNotes } from './editor/completionCommands.ts';
import { CurrentSettings } from './editor/currentSettings.ts';
import { dataPaths } from './editor/dataFolder.ts';
import { documentSelector } from './editor/documentPlace.ts';
import { listenToEditors } from './editor/editorListeners.ts';
import { EngineStarter } from './editor/engineStarter.ts';
import { showGrown } from './editor/grownCompletion.ts';
import { AttuneInlineCompletionProvider } from './editor/inlineCompletionProvider.ts';
import { Late } from './editor/late.ts';
import { LateEngine } from './editor/lateEngine.ts';
import { learnHereIn } from './editor/learnHereQuestion.ts';
import { MeasuredModels } from './editor/measuredModels.ts';
import { Notices } from './editor/notices.ts';
import { OpenDocuments } from './editor/openDocuments.ts';
import { isOnPower } from './editor/power.ts';
import { rankViewId } from './editor/rankView.ts';
import { registerCommands } from './editor/registerCommands.ts';
import { RememberingLog } from './editor/rememberingLog.ts';
import { RetrainMemory } from './editor/retrainMemory.ts';
import { RetrainSchedule } from './editor/retrainSchedule.ts';
import { Snooze } from './editor/snooze.ts';
import { currentFacts, StatusBar } from './editor/statusBar.ts';
import { Thinking } from './editor/thinking.ts';
import { TypedKeys } from './editor/typedKeys.ts';
import { typingHandlers } from './editor/typingHandlers.ts';
import { showWalkthroughOnce } from './editor/walkthrough.ts';
import { windowAlternatives } from './editor/windowAlternatives.ts';
import { windowCompleter } from './editor/windowCompleter.ts';
import { WindowFeedback } from './editor/windowFeedback.ts';
import { systemClock as clock } from './feedback/systemClock.ts';
import { touchWantedFile } from './process/wantedFile.ts';

const keptWhenHidden = { webviewOptions: { retainContextWhenHidden: true } };

/**
 * Builds what typing needs, puts it together, and starts the engine in the background. What has time is
 * loaded when it is first needed: the talk with the engine as that is started, the store when the engine is
 * ready or something is to be stored, and all that only commands need with the first of them.
 */
export function activate(context: vscode.ExtensionContext): void {
  const window = openWindow(context);
  const { engine, feedback, settings, notices, log, starter } = window;
  const onDemand: Late<OnDemand> = new Late(async () => {
    const { commandParts } = await import('./editor/commandParts.ts');
    return commandParts({ ...window, context, statusFacts });
  });
  const retraining = {
    get status() {
      return onDemand.made?.retraining.status;
    },
  };
  const statusFacts = () => currentFacts({ ...window, retraining });
  const statusBar = new StatusBar(statusFacts, clock);
  const schedule = new RetrainSchedule({
    ...{ settings: () => settings.value, feedback, memory: window.memory, clock, isOnPower },
    retrain: () => void onDemand.get().then((parts) => parts.retraining.runUnasked()),
  });
  const typing = typingParts(window);
  const rankView = {
    resolveWebviewView: async (view: vscode.WebviewView) =>
      (await onDemand.get()).rankPanel.resolveWebviewView(view),
  };

  context.subscriptions.push(
    listenToEditors([feedback, { handle: statusBar.refresh }, typing.typedKeys], clock),
    registerNotes(typing.completions),
    typing.grown,
    registerCommands({ typing: typing.handlers, others: onDemand }, notices, () => log.show()),
    vscode.languages.registerInlineCompletionItemProvider(documentSelector, typing.provider),
    vscode.window.registerWebviewViewProvider(rankViewId, rankView, keptWhenHidden),
    engine.onStateChanged(({ kind }) => void (kind === 'ready' && feedback.opened())),
    engine.onStateChanged(statusBar.refresh),
    settings.onChanged(statusBar.refresh),
    window.changed.event(statusBar.refresh),
    vscode.window.onDidChangeActiveTextEditor(statusBar.refresh),
    ...[schedule, statusBar, { dispose: () => onDemand.made?.dispose() }],
    new Checkouts(feedback.handle, clock),
  );
  void vscode.commands.executeCommand('setContext', listeningContext, true);
  starter.start();
  void showWalkthroughOnce(context.globalState);
}

/** What a window has from its start. */
function openWindow(context: vscode.ExtensionContext) {
  const { globalState } = context;
  const channel = vscode.window.createOutputChannel('Attune', { log: true });
  const log = new RememberingLog(channel, () => clock.nowMs());
  const notices = new Notices(log);
  const settings = new CurrentSettings(log);
  const settingsNow = () => settings.value;
  const paths = dataPaths(context.globalStorageUri.fsPath, process.env);
  const changed = new vscode.EventEmitter<void>();
  const onChanged = () => changed.fire();
  const engine = new LateEngine(async () => {
    // What else VS Code has to activate comes first.
    await nextTurn();
    const { windowEngine } = await import('./editor/windowEngine.ts');
    return windowEngine(context, log);
  });
  const openDocuments = new OpenDocuments(settingsNow);
  const snooze = new Snooze(globalState, clock, onChanged);
  const thinking = new Thinking(clock, onChanged);
  const completer = windowCompleter({ engine, settings, snooze, openDocuments, clock, thinking });
  const learnHere = learnHereIn(context, settings, dirname(paths.store));
  const [storePath, mayLearnHere] = [paths.store, learnHere.isAllowed];
  const feedback = new WindowFeedback({
    ...{ storePath, settings: settingsNow, mayLearnHere, completer, clock, notices, log },
  });
  const memory = new RetrainMemory(globalState);
  const starter = new EngineStarter({
    ...{ engine, completer, notices, settings, adaptersFolder: paths.adapters },
  });
  const measured = new MeasuredModels({ engine, settings: settingsNow, values: globalState, clock, log });
  context.subscriptions.push(starter, measured, feedback, completer, engine);
  context.subscriptions.push(openDocuments, settings, snooze, changed, log);
  return {
    ...{ log, notices, settings, paths, clock, engine, snooze, thinking, completer, learnHere, feedback },
    ...{ memory, starter, measured, changed, onChanged, run },
  };
}

/** What a key may wait for. */
function typingParts({ engine, completer, feedback, settings, paths, log }: ReturnType<typeof openWindow>) {
  const { offers, handle: hear } = feedback;
  const completions = new CompletionCommands({ offers, hear, clock });
  const alternatives = windowAlternatives({
    ...{ engine, completer, offers, hear, clock, settings: () => settings.value },
  });
  const noteCompletionWanted = () => void touchWantedFile(paths.wanted);
  const provider = new AttuneInlineCompletionProvider({
    ...{ completer, alternatives, noteCompletionWanted, clock, hear, log },
  });
  return {
    ...{ completions, provider, handlers: typingHandlers(completions, alternatives) },
    typedKeys: new TypedKeys({ completer, noteCompletionWanted }),
    grown: showGrown(completer, offers, alternatives),
  };
}

function run(command: CommandId): unknown {
  return vscode.commands.executeCommand(command);
}
