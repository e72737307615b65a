import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Completer } from '../../completion/completer.ts';
import type { Disposable, EngineClient, EngineSettings, EngineState } from '../../process/clients.ts';
import type { MissingModel } from '../../process/missingModel.ts';
import type { CurrentSettings } from '../settings/currentSettings.ts';
import type { ModelConsent } from './modelConsent.ts';
import type { Notices } from '../notices.ts';
import { runCommand } from '../runCommand.ts';
import { modelDescriptions, type Settings } from '../settings/settings.ts';
import { threadsOf } from './threadsOf.ts';
import { loadingText, type LoadingState } from '../status/statusText.ts';

/** What the starter needs. */
export interface EngineStarterOptions {
  readonly engine: EngineClient;
  readonly completer: Pick<Completer, 'setPolicy'>;
  readonly settings: Pick<CurrentSettings, 'value' | 'onChanged' | 'ownModel'>;
  readonly adaptersFolder: string;
  readonly notices: Notices;
  readonly consent: ModelConsent;
  /** Whether a document is on the screen that completions are wanted for. */
  readonly isNeeded: () => boolean;
  /** Told when `missing` or `isWaiting` changed. */
  readonly onChanged: () => void;
}

/** True while a model serves; the walkthrough's step of bringing it is done then. */
const readyContext = 'attune.isReady';

/** Phases that take minutes, and happen once for a model: the user should know and be able to stop them. */
const longPhases: readonly string[] = ['download', 'join', 'verify', 'convert', 'merge'];

/**
 * Keeps the engine at what the settings say: starts it with the first document that needs it, again when the model
 * changes, tells the completer which policy answers, and tells the user what takes long or fails. A model that
 * would have to be downloaded waits until the user asks for one.
 */
export class EngineStarter implements Disposable {
  readonly #options: EngineStarterOptions;
  readonly #listening: Disposable;
  /** What the settings named when they were last looked at. */
  #wanted: EngineSettings;
  /** Whether there was something in this window to complete. */
  #isNeeded = false;
  /** Whether the engine was started with what is wanted. */
  #isStarted = false;
  /** The newest start: resolves when the model is ready or cannot be. */
  #starting: Promise<void> = Promise.resolve();
  /** Whether the user ended that, and has asked for nothing since. */
  #isEnded = false;
  #missing: MissingModel | undefined;
  #isShowingProgress = false;

  constructor(options: EngineStarterOptions) {
    this.#options = options;
    this.#wanted = this.#read();
    const { engine, settings } = options;
    this.#listening = vscode.Disposable.from(
      engine.onStateChanged((state) => this.#stateChanged(state)),
      settings.onChanged(() => this.#settingsChanged()),
      // Whoever comes back may have brought the model by the command line, or by another window.
      vscode.window.onDidChangeWindowState(this.follow),
      vscode.window.onDidChangeActiveTextEditor(this.follow),
      vscode.window.onDidChangeVisibleTextEditors(this.follow),
      // A document that is given another language is opened anew.
      vscode.workspace.onDidOpenTextDocument(this.follow),
    );
  }

  /** What has to be downloaded before anything can serve, and waits for the user; undefined where nothing does. */
  get missing(): MissingModel | undefined {
    return this.#missing;
  }

  /** Whether the engine starts by itself as soon as there is something to complete. */
  get isWaiting(): boolean {
    return !this.#isStarted && !this.#isEnded && this.#missing === undefined;
  }

  /** Starts the engine with the settings of now; also after it failed. The user asked, so it may download the model. */
  readonly start = (): void => {
    this.#options.consent.give(this.#wanted.model);
    void this.#start();
  };

  /** Takes a model that the user chose, and that the settings name by now or in a moment. */
  readonly choose = (model: string): void => {
    const { consent, engine } = this.#options;
    consent.give(model);
    if (model !== this.#wanted.model) return;
    if (!this.#isStarted || engine.state.kind === 'failed') void this.#start();
  };

  /**
   * Starts the engine with the settings of now where something is to be completed, unless the model would have to be
   * downloaded and nobody asked for that: what is missing is found out before there is anything to complete.
   */
  readonly follow = async (): Promise<void> => {
    const wanted = this.#wanted;
    if (!this.#mayStart(wanted)) return;
    const missing = await this.#missingOf(wanted.model);
    if (!this.#mayStart(wanted)) return;
    this.#isNeeded ||= this.#options.isNeeded();
    if (missing === undefined && this.#isNeeded) void this.#start();
    // Found again with each document that comes to the front.
    else if (!isDeepStrictEqual(missing, this.#missing)) this.#setMissing(missing);
  };

  /** Starts the engine for what the user asked of it, if nothing did before; resolves when it is ready or cannot be. */
  readonly startForCommand = async (): Promise<void> => {
    const wanted = this.#wanted;
    if (!this.#isStarted) await this.requireModel(wanted.model);
    return wanted === this.#wanted ? this.#startOnce() : this.startForCommand();
  };

  /**
   * The same for whoever only looks at the engine: nothing is downloaded for that, though the user asked for the
   * model, and what they ended does not begin again. Rejects where the model would have to be downloaded.
   */
  readonly startToLook = async (): Promise<void> => {
    const wanted = this.#wanted;
    if (!this.#isStarted) await requireDownloaded(wanted.model);
    if (wanted !== this.#wanted) return this.startToLook();
    if (!this.#isEnded) await this.#startOnce();
  };

  /** Rejects where a model would have to be downloaded and nobody asked for that. Absent: the one of the settings. */
  readonly requireModel = async (model = this.#wanted.model): Promise<void> => {
    if (!this.#options.consent.isGiven(model)) await requireDownloaded(model);
  };

  dispose(): void {
    this.#isEnded = true;
    this.#listening.dispose();
  }

  #mayStart(wanted: EngineSettings): boolean {
    return !this.#isStarted && !this.#isEnded && wanted === this.#wanted;
  }

  #isEndedWith(model: string): boolean {
    return this.#isEnded && model === this.#wanted.model;
  }

  #startOnce(): Promise<void> {
    return this.#isStarted ? this.#starting : this.#start();
  }

  #start(): Promise<void> {
    this.#isNeeded = true;
    this.#isStarted = true;
    this.#isEnded = false;
    this.#setMissing(undefined);
    this.#starting = this.#options.engine.start(this.#wanted);
    return this.#starting;
  }

  /** The user has enough of what is being brought: it does not go on before they ask for it. */
  async #end(): Promise<void> {
    const { engine, consent } = this.#options;
    const { model } = this.#wanted;
    this.#isStarted = false;
    this.#isEnded = true;
    engine.stop();
    consent.withdraw(model);
    const missing = await this.#missingOf(model);
    if (!this.#isEndedWith(model)) return;
    // What has to be downloaded waits anyway; what only has to be converted would not.
    this.#isEnded = missing === undefined;
    this.#setMissing(missing);
  }

  #settingsChanged(): void {
    const [before, wanted] = [this.#wanted, this.#read()];
    // The language or the document in front may be on by now.
    if (isDeepStrictEqual(wanted, before)) return void this.follow();
    this.#wanted = wanted;
    this.#isStarted = false;
    if (wanted.model !== before.model) this.#noteOther(wanted.model);
    void this.follow();
  }

  /**
   * Another model is none that the user ended. Whoever writes its name in front of this window wants to have it; the
   * other windows hear of it too.
   */
  #noteOther(model: string): void {
    this.#isEnded = false;
    if (this.#options.settings.ownModel() !== model) return;
    this.#options.consent.give(model);
    this.#isNeeded ||= vscode.window.state.focused;
  }

  async #missingOf(model: string): Promise<MissingModel | undefined> {
    return this.#options.consent.isGiven(model) ? undefined : notDownloaded(model);
  }

  #setMissing(missing: MissingModel | undefined): void {
    if (missing !== undefined) this.#options.engine.stop();
    this.#missing = missing;
    this.#options.onChanged();
  }

  #read(): EngineSettings {
    const { settings, adaptersFolder } = this.#options;
    return engineSettings(settings.value, adaptersFolder);
  }

  #stateChanged(state: EngineState): void {
    const { completer, notices } = this.#options;
    void vscode.commands.executeCommand('setContext', readyContext, state.kind === 'ready');
    completer.setPolicy(answeringPolicy(state));
    if (state.kind === 'loading' && longPhases.includes(state.phase)) this.#showProgress(state);
    if (state.kind === 'failed') notices.tell('error', state.sentence, this.#remedies());
    if (state.kind === 'ready' && state.notice !== undefined) notices.warnOnce(state.notice);
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
      token.onCancellationRequested(() => void this.#end());
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

/** The policy that answers what is asked now, perhaps only when it is back. */
function answeringPolicy(state: EngineState) {
  if (state.kind === 'ready') return state.policyId;
  return state.kind === 'loading' ? state.returning : undefined;
}

async function notDownloaded(model: string): Promise<MissingModel | undefined> {
  const { findMissing } = await import('../../process/missingModel.ts');
  return findMissing(model);
}

/** Rejects where a model would have to be downloaded. */
async function requireDownloaded(model: string): Promise<void> {
  const missing = await notDownloaded(model);
  if (missing === undefined) return;
  const { modelNotHere } = await import('../../process/errors.ts');
  throw modelNotHere(missing);
}

function engineSettings({ model, device, threads }: Settings, adaptersFolder: string): EngineSettings {
  return { model, device, threads: threadsOf(threads), adaptersFolder };
}
