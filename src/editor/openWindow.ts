import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import { systemClock as clock } from '../completion/systemClock.ts';
import { isCompletedOnScreen } from './typing/completedOnScreen.ts';
import { CurrentSettings } from './settings/currentSettings.ts';
import { dataPaths } from './dataFolder.ts';
import { EngineStarter } from './model/engineStarter.ts';
import { keepingProblems } from './keepingProblems.ts';
import { LateEngine } from './model/lateEngine.ts';
import { learnHereIn } from './stored/learnHereQuestion.ts';
import { lastingPromptSpeeds, MeasuredModels } from './model/measuredModels.ts';
import { ModelConsent } from './model/modelConsent.ts';
import { Notices } from './notices.ts';
import { OpenDocuments } from './typing/openDocuments.ts';
import { ProjectCode } from './typing/projectCode.ts';
import { RememberingLog } from './rememberingLog.ts';
import { RetrainMemory } from './learning/retrainMemory.ts';
import { Snooze } from './status/snooze.ts';
import { Thinking } from './typing/thinking.ts';
import { windowCompleter } from './typing/windowCompleter.ts';
import { WindowFeedback } from './stored/windowFeedback.ts';

/** What a window has from its start. */
export type Window = ReturnType<typeof openWindow>;

/** Builds what is there from the start of a window, and leaves its end to the extension's. */
export function openWindow(context: vscode.ExtensionContext) {
  const { globalState } = context;
  const channel = vscode.window.createOutputChannel('Attune', { log: true });
  const paths = dataPaths(context.globalStorageUri.fsPath, process.env);
  const settingsNow = () => settings.value;
  const keep = keepingProblems(paths.problems, settingsNow);
  const log = new RememberingLog(channel, () => clock.nowMs(), keep);
  const notices = new Notices(log);
  const settings = new CurrentSettings(notices, lastingPromptSpeeds(globalState));
  const changed = new vscode.EventEmitter<void>();
  const onChanged = () => changed.fire();
  const loadEngine = async () => {
    // What else VS Code has to activate comes first.
    await nextTurn();
    const { windowEngine } = await import('./model/windowEngine.ts');
    return windowEngine(context, log);
  };
  const engine = new LateEngine(loadEngine, () => starter.startForCommand());
  const openDocuments = new OpenDocuments(settingsNow);
  const projectCode = new ProjectCode({ engine, settings, log });
  const snooze = new Snooze(globalState, clock, () => {
    completer.forgetWritten();
    onChanged();
  });
  const thinking = new Thinking(clock, onChanged);
  const completer = windowCompleter({
    ...{ engine, settings, snooze, openDocuments, projectCode, clock, thinking },
  });
  const learnHere = learnHereIn(context, settings, dirname(paths.store), onChanged);
  const feedback = new WindowFeedback({
    ...{ storePath: paths.store, lastEventPath: paths.lastEvent, mayLearnHere: learnHere.isAllowed },
    ...{ settings: settingsNow, completer, clock, notices, log },
  });
  const onRecordsChanged = () => {
    feedback.forgetCount();
    onChanged();
  };
  const memory = new RetrainMemory(globalState);
  const consent = new ModelConsent({ values: globalState, chosen: settings.ownModel });
  const starter: EngineStarter = new EngineStarter({
    ...{ engine, completer, notices, settings, consent, onChanged, adaptersFolder: paths.adapters },
    isNeeded: () => isCompletedOnScreen(settings),
  });
  const measured = new MeasuredModels({ engine, settings: settingsNow, values: globalState, clock, log });
  context.subscriptions.push(starter, measured, feedback, completer, engine);
  context.subscriptions.push(openDocuments, projectCode, settings, snooze, changed, log);
  return {
    ...{ log, notices, settings, paths, clock, engine, snooze, thinking, completer, learnHere, feedback },
    ...{ memory, starter, measured, changed, onChanged, onRecordsChanged },
  };
}
