import { availableParallelism } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Completer } from '../completion/completer.ts';
import type { Disposable, EngineClient, EngineSettings, EngineState } from '../process/clients.ts';
import { inEnglish } from '../sentences/sentence.ts';
import type { CommandId } from './commands.ts';
import type { CurrentSettings } from './currentSettings.ts';
import type { Notices } from './notices.ts';
import { modelDescriptions, type Settings } from './settings.ts';
import { loadingText, type LoadingState } from './statusText.ts';

/** What the starter needs. */
export interface EngineStarterOptions {
  readonly engine: EngineClient;
  readonly completer: Pick<Completer, 'setPolicy'>;
  readonly settings: Pick<CurrentSettings, 'value' | 'onChanged'>;
  readonly adaptersFolder: string;
  readonly notices: Notices;
}

/** True while a model serves; the walkthrough's step of bringing it is done then. */
const readyContext = 'attune.isReady';

/** Phases that take minutes, and happen once for a model: the user should know and be able to stop them. */
const longPhases: readonly string[] = ['download', 'join', 'verify', 'convert', 'merge'];

/**
 * Keeps the engine at what the settings say: starts it in the background, again when the model
 * changes, tells the completer which policy answers, and tells the user what takes long or fails.
 */
export class EngineStarter implements Disposable {
  readonly #options: EngineStarterOptions;
  readonly #listening: Disposable[];
  #started: EngineSettings | undefined;
  #isShowingProgress = false;

  constructor(options: EngineStarterOptions) {
    this.#options = options;
    const { engine, settings } = options;
    this.#listening = [
      engine.onStateChanged((state) => this.#stateChanged(state)),
      settings.onChanged(() => this.#settingsChanged()),
    ];
  }

  /** Starts the engine with the settings of now; also after it failed. The state tells how it goes. */
  readonly start = (): void => {
    const { engine, settings, adaptersFolder } = this.#options;
    this.#started = engineSettings(settings.value, adaptersFolder);
    void engine.start(this.#started);
  };

  dispose(): void {
    for (const listening of this.#listening) listening.dispose();
  }

  #settingsChanged(): void {
    const wanted = engineSettings(this.#options.settings.value, this.#options.adaptersFolder);
    if (JSON.stringify(wanted) !== JSON.stringify(this.#started)) this.start();
  }

  #stateChanged(state: EngineState): void {
    const { completer, notices } = this.#options;
    void vscode.commands.executeCommand('setContext', readyContext, state.kind === 'ready');
    completer.setPolicy(state.kind === 'ready' ? state.policyId : undefined);
    if (state.kind === 'loading' && longPhases.includes(state.phase)) this.#showProgress(state);
    if (state.kind === 'failed') notices.tell('error', state.sentence, this.#remedies());
    if (state.kind === 'ready' && state.notice !== undefined)
      notices.tellOnce(inEnglish(state.notice), 'warn', state.notice);
  }

  /** What helps most comes first: a model of ours is brought again, a path that leads nowhere has to be another. */
  #remedies() {
    const chooseAnother = [l10n.t('Choose Another Model'), () => runCommand('attune.chooseModel')] as const;
    const retry = [l10n.t('Retry'), this.start] as const;
    const isOurs = this.#options.settings.value.model in modelDescriptions;
    return Object.fromEntries([
      ...(isOurs ? [retry, chooseAnother] : [chooseAnother, retry]),
      [l10n.t('Show Log'), () => runCommand('attune.showLog')],
    ]);
  }

  /** A notification for as long as the model is being brought. Cancel stops the engine; what came is kept. */
  #showProgress(state: LoadingState): void {
    if (this.#isShowingProgress) return;
    this.#isShowingProgress = true;
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title: 'Attune' };
    void vscode.window.withProgress(options, async (progress, token) => {
      const { engine } = this.#options;
      token.onCancellationRequested(() => engine.stop());
      progress.report({ message: loadingText(state) });
      await new Promise<void>((resolve) => {
        const listening = engine.onStateChanged((next) => {
          if (next.kind === 'loading') {
            progress.report({ message: loadingText(next) });
            return;
          }
          listening.dispose();
          resolve();
        });
      });
      this.#isShowingProgress = false;
    });
  }
}

function runCommand(id: CommandId): unknown {
  return vscode.commands.executeCommand(id);
}

function engineSettings({ model, device, threads }: Settings, adaptersFolder: string): EngineSettings {
  return { model, device, threads: threadsOf(threads), adaptersFolder };
}

/** The number of threads that a setting means. */
export function threadsOf(setting: number): number {
  return setting === 0 ? availableParallelism() : setting;
}
