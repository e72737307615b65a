import * as vscode from 'vscode';
// First, because the modules below make texts as they load.
import './editor/localise.ts';
import { systemClock as clock } from './completion/systemClock.ts';
import { Checkouts } from './editor/stored/checkouts.ts';
import type { OnDemand } from './editor/commandParts.ts';
import { listeningContext } from './editor/commands.ts';
import { CompletionCommands, registerNotes } from './editor/typing/completionCommands.ts';
import { documentSelector } from './editor/typing/documentPlace.ts';
import { listenToEditors } from './editor/typing/editorListeners.ts';
import { showGrown } from './editor/typing/grownCompletion.ts';
import { AttuneInlineCompletionProvider } from './editor/typing/inlineCompletionProvider.ts';
import { Late } from './editor/late.ts';
import { openWindow, type Window } from './editor/openWindow.ts';
import { isOnPower } from './editor/learning/power.ts';
import type { RankPanel } from './editor/rank/rankPanel.ts';
import { rankViewId } from './editor/rank/rankView.ts';
import { registerCommands } from './editor/registerCommands.ts';
import { RetrainSchedule } from './editor/learning/retrainSchedule.ts';
import { currentFacts, StatusBar } from './editor/status/statusBar.ts';
import type { StatusFacts } from './editor/status/statusText.ts';
import { TypedKeys } from './editor/typing/typedKeys.ts';
import { typingHandlers } from './editor/typingHandlers.ts';
import { showWalkthroughOnce } from './editor/walkthrough.ts';
import { windowAlternatives } from './editor/typing/windowAlternatives.ts';
import { touchWantedFile } from './process/training/wantedFile.ts';

const keptWhenHidden = { webviewOptions: { retainContextWhenHidden: true } };

/** Ends what `activate` began; VS Code hands `deactivate` nothing of it. */
let end = (): Promise<void> => Promise.resolve();

/**
 * Builds what typing needs, puts it together, and lets the engine start with the first document that is completed.
 * What has time is loaded when it is first needed: the talk with the engine as that is started, the store when the engine is
 * ready or cannot be, or something is to be stored, and all that only commands need with the first of them.
 */
export function activate(context: vscode.ExtensionContext): void {
  const window = openWindow(context);
  const { engine, feedback, settings, notices, log, starter } = window;
  const onDemand: Late<OnDemand> = new Late(async () => {
    const { commandParts } = await import('./editor/commandParts.ts');
    return commandParts({ ...window, context, statusFacts });
  });
  const statusFacts = () =>
    currentFacts({ ...window, retraining: { status: onDemand.made?.retraining.status } });
  const statusBar = new StatusBar(statusFacts, clock);
  const schedule = new RetrainSchedule({
    ...{ settings: () => settings.value, feedback, memory: window.memory, clock, isOnPower },
    retrain: () => void onDemand.get().then((parts) => parts.retraining.runUnasked()),
  });
  const noteCompletionWanted = () => void touchWantedFile(window.paths.wanted);
  const rankPanel = new Late(() => openRankPanel(context.extensionUri, { ...window, noteCompletionWanted }));
  const rankView = {
    resolveWebviewView: async (view: vscode.WebviewView) => (await rankPanel.get()).resolveWebviewView(view),
  };
  const typing = typingParts({ ...window, noteCompletionWanted, statusFacts }, rankPanel);

  context.subscriptions.push(
    listenToEditors([feedback, { handle: statusBar.refresh }, typing.typedKeys], clock),
    registerNotes(typing.completions),
    typing.grown,
    registerCommands({ typing: typing.handlers, others: onDemand }, notices, () => log.show()),
    vscode.languages.registerInlineCompletionItemProvider(documentSelector, typing.provider),
    vscode.window.registerWebviewViewProvider(rankViewId, rankView, keptWhenHidden),
    engine.onStateChanged(({ kind }) => {
      if (kind === 'ready' || kind === 'failed') void feedback.opened();
    }),
    onWhatTheStatusShows(window, statusBar.refresh),
    ...[schedule, statusBar, { dispose: () => [onDemand, rankPanel].forEach(({ made }) => made?.dispose()) }],
    new Checkouts(feedback.handle, clock),
  );
  end = () => feedback.end();
  void vscode.commands.executeCommand('setContext', listeningContext, true);
  void starter.follow();
  void showWalkthroughOnce(context.globalState);
}

/** Lets VS Code wait, for some seconds at most, until what became of the last completions is stored. */
export function deactivate(): Promise<void> {
  return end();
}

function onWhatTheStatusShows({ engine, settings, changed }: Window, refresh: () => void): vscode.Disposable {
  return vscode.Disposable.from(
    engine.onStateChanged(refresh),
    settings.onChanged(refresh),
    changed.event(refresh),
    vscode.window.onDidChangeActiveTextEditor(refresh),
  );
}

/** A window, and how training hears that it has to make way. */
type BusyWindow = Window & { readonly noteCompletionWanted: () => void };

/** What says in one sentence why nothing comes. */
interface TellingWindow extends BusyWindow {
  readonly statusFacts: () => StatusFacts;
}

/** The panel 'Rank Alternatives', with the store open that it writes to. */
async function openRankPanel(extensionUri: vscode.Uri, window: BusyWindow): Promise<RankPanel> {
  const { feedback, onRecordsChanged: onChanged } = window;
  const [{ RankPanel }] = await Promise.all([import('./editor/rank/rankPanel.ts'), feedback.opened()]);
  return new RankPanel({
    ...window,
    ...{ extensionUri, onChanged },
  });
}

/** What a key may wait for. */
function typingParts(
  { engine, completer, feedback, settings, notices, log, noteCompletionWanted, statusFacts }: TellingWindow,
  rankPanel: Late<RankPanel>,
) {
  const { offers, handle: hear } = feedback;
  const completions = new CompletionCommands({ offers, hear, clock, notices, statusFacts });
  const alternatives = windowAlternatives({
    ...{ engine, completer, noteCompletionWanted, offers, hear, clock, settings: () => settings.value },
  });
  const provider = new AttuneInlineCompletionProvider({
    ...{ completer, alternatives, noteCompletionWanted, clock, hear, log },
  });
  return {
    ...{ completions, provider, handlers: typingHandlers(completions, alternatives, rankPanel) },
    typedKeys: new TypedKeys({ completer, noteCompletionWanted }),
    grown: showGrown(completer, offers, alternatives),
  };
}
