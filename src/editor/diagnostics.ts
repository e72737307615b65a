import { once } from 'node:events';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Clock } from '../completion/clock.ts';
import type { EngineClient } from '../process/clients.ts';
import type { DataPaths } from '../process/dataFolder.ts';
import { adapterFacts, machineFacts, storeFacts } from '../process/diagnosing.ts';
import { keptProblems, withKeptProblems } from '../report/keptProblems.ts';
import {
  diagnosticsText,
  shareable,
  type Diagnostics,
  type EngineDiagnosis,
  type Problem,
} from '../report/diagnostics.ts';
import { sentenceOf } from '../sentences/foreseenError.ts';
import { told } from '../sentences/told.ts';
import { privateTextsOf } from './privateTexts.ts';
import type { RememberedProblem, RememberingLog } from './rememberingLog.ts';
import { changedSettings, type Settings, type WrittenSettings } from './settings/settings.ts';

/** What diagnostics look at. */
export interface DiagnosticsOptions {
  readonly version: string;
  readonly engine: Pick<EngineClient, 'state' | 'measure'>;
  /** Starts the engine if nothing did before, but no download; rejects where there is no model to start. */
  readonly startToLook: () => Promise<void>;
  readonly settings: () => Settings;
  readonly written: () => WrittenSettings;
  readonly storeSettled: () => Promise<void>;
  readonly paths: DataPaths;
  readonly log: RememberingLog;
  readonly clock: Clock;
}

/** The command 'Show Diagnostics': measures for some seconds, then opens a text that is ready to be pasted. */
export async function showDiagnostics(options: DiagnosticsOptions): Promise<void> {
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: l10n.t('Attune measures the model'),
    cancellable: true,
  };
  const diagnostics = await vscode.window.withProgress(progress, (_, token) => {
    const cancelled = new AbortController();
    token.onCancellationRequested(() => cancelled.abort());
    return diagnose(options, cancelled.signal);
  });
  const content = diagnosticsText(diagnostics);
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document);
}

async function diagnose(options: DiagnosticsOptions, signal: AbortSignal): Promise<Diagnostics> {
  const { version, settings, written, storeSettled, paths, log, clock } = options;
  await storeSettled();
  const { maxPromptTokens } = settings();
  return shareable(
    {
      atMs: clock.nowMs(),
      versions: { Attune: version, 'VS Code': vscode.version, 'Node.js': process.versions.node },
      machine: machineFacts(),
      engine: await diagnoseEngine(options, signal),
      maxPromptTokens,
      store: await storeOf(paths, settings(), log),
      adapters: await adapterFacts(paths.adapters),
      settings: changedSettings(written()),
      problems: withKeptProblems(log.problems.map(problemOf), await keptProblems(paths.problems)),
    },
    privateTextsOf(settings()),
  );
}

async function diagnoseEngine(
  { engine, settings, startToLook }: DiagnosticsOptions,
  signal: AbortSignal,
): Promise<EngineDiagnosis> {
  const { model } = settings();
  try {
    // Who has enough of waiting for a model that is being brought sees how far that is.
    if (!signal.aborted) await Promise.race([startToLook(), once(signal, 'abort')]);
    if (engine.state.kind === 'failed') return { kind: 'none', model, why: told(engine.state.sentence) };
    if (engine.state.kind !== 'ready')
      return { kind: 'none', model, why: l10n.t('it is {0}', engine.state.kind) };
    const facts = await engine.measure(signal);
    return { kind: 'serves', ...facts, why: told(facts.why) };
  } catch (error) {
    return { kind: 'none', model, why: told(sentenceOf(error)) };
  }
}

/** A problem in the language of whoever looks at it now. */
function problemOf({ message, ...when }: RememberedProblem): Problem {
  return { ...when, text: typeof message === 'string' ? message : told(message) };
}

async function storeOf(paths: DataPaths, settings: Settings, log: RememberingLog) {
  try {
    return { ...(await storeFacts(paths)), limitBytes: settings['store.limitMB'] * 1e6 };
  } catch (error) {
    log.warn(sentenceOf(error));
    return undefined;
  }
}
