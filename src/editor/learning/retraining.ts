import { readdir } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { AdapterId } from '../../engine/policy.ts';
import type { RetrainProgress } from '../../trainer/retrainRun.ts';
import type { EngineClient, RetrainSettings, RetrainSummary, TrainerClient } from '../../process/clients.ts';
import { ProcessError } from '../../process/errors.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { sentence } from '../../sentences/sentence.ts';
import { commandTitles } from '../commands.ts';
import type { Logger } from '../logger.ts';
import {
  cancelledSentence,
  minutesLeftOf,
  progressLine,
  resumedSentence,
  runShare,
  shortStage,
  stageShare,
  verdictMessage,
  type RunStart,
} from './retrainWords.ts';
import type { RetrainMemory } from './retrainMemory.ts';
import { takeUp } from './takingUp.ts';
import { runSettings, type TrainingNeeds } from './trainingNeeds.ts';
import { learnFromOf } from '../stored/storageRules.ts';
import { loadingText, type RetrainStatus } from '../status/statusText.ts';

/** What a retraining needs of the editor. */
export interface RetrainingOptions extends TrainingNeeds {
  readonly trainer: TrainerClient;
  readonly engine: Pick<EngineClient, 'useServingAdapter' | 'state'>;
  readonly mayLearnHere: () => boolean;
  readonly log: Logger;
  readonly memory: RetrainMemory;
  readonly nowMs: () => number;
  readonly onChanged: () => void;
  readonly showReport: (id: AdapterId) => unknown;
  readonly rollBack: () => unknown;
}

/** The command 'Retrain Assistant': one run at a time, with progress, and a message at its end. */
export class Retraining {
  readonly #options: RetrainingOptions;
  #progress: RetrainProgress | undefined;
  #running: Run | undefined;
  /** Of the first report of the run. */
  #pace: RunStart | undefined;

  constructor(options: RetrainingOptions) {
    this.#options = options;
  }

  /** What the status bar shows of it; undefined when nothing is being retrained. */
  get status(): RetrainStatus | undefined {
    if (this.#running === undefined) return undefined;
    if (this.#progress === undefined) return { stage: l10n.t('starting'), share: 0 };
    const { stage, secondsLeft } = this.#progress;
    const done = { share: runShare(this.#progress), secondsLeft };
    const minutesLeft = this.#pace && minutesLeftOf(this.#pace, this.#options.nowMs(), done);
    return { stage: shortStage(stage), share: stageShare(this.#progress), minutesLeft };
  }

  /** Retrains to a verdict because the user asked for it, with a notification that shows how far it is. */
  readonly run = (): Promise<void> => this.#run({ isAsked: true });

  /** The same from a named adapter, whichever serves. */
  readonly runFrom = (id: AdapterId): Promise<void> => this.#run({ isAsked: true, beginsWith: id });

  /** The command 'Stop Retraining': ends the run of this window, whoever began it. */
  readonly stop = (): void => {
    if (this.#running !== undefined) this.#running.abort.abort();
    else this.#options.notices.tell('info', l10n.t('Nothing is being retrained in this window.'));
  };

  /** Ends a run that began by schedule where the user wants none any more. */
  readonly followSchedule = (): void => {
    if (this.#running?.isAsked === false && this.#options.settings().retrainSchedule === 'manual')
      this.stop();
  };

  /** Retrains by schedule: progress is in the status bar only, and what goes wrong, or came to nothing, in the log. */
  async runUnasked(): Promise<void> {
    if (this.#running !== undefined || this.#options.trainer.isRunning) return;
    try {
      await this.#run({ isAsked: false });
    } catch (error) {
      const said = sentence`The scheduled retraining ended: ${sentenceOf(error)}`;
      // Nothing is wrong with a model that waits to be asked for: there is only nothing to retrain yet.
      if (ProcessError.is(error, 'modelNotHere')) this.#options.log.info(said);
      else this.#options.log.warn(said);
    }
  }

  async #run(wish: RunWish): Promise<void> {
    if (this.#running !== undefined || this.#options.trainer.isRunning) {
      this.#tellBusy();
      return;
    }
    const run: Run = { ...wish, abort: new AbortController() };
    this.#setRunning(run);
    try {
      await this.#options.requireModel();
      const summary = await vscode.window.withProgress(shownAs(run), (progress, token) => {
        token.onCancellationRequested(() => run.abort.abort());
        return this.#retrain(progress, run);
      });
      if (summary !== undefined) await this.#finish(summary, run.isAsked);
    } finally {
      this.#setRunning(undefined);
    }
  }

  #tellBusy(): void {
    const { notices } = this.#options;
    if (this.#running === undefined)
      notices.tell('info', l10n.t('An adapter is being imported or exported. Retrain when that is done.'));
    else
      notices.tell('info', l10n.t('A retraining is running already; the status bar shows how far it is.'), {
        [commandTitles['attune.stopRetraining']]: this.stop,
      });
  }

  async #retrain(shown: ProgressBar, { abort, beginsWith }: Run): Promise<RetrainSummary | undefined> {
    const { trainer, storeSettled, notices, paths, memory, nowMs } = this.#options;
    shown.report({ message: l10n.t('Gathering what was stored') });
    try {
      await storeSettled();
      const hasCheckpoint = await hasFiles(paths.checkpoint);
      abort.signal.throwIfAborted();
      const untilMs = memory.begin(nowMs(), hasCheckpoint);
      const onProgress = this.#progressReporter(shown, hasCheckpoint);
      const summary = await trainer.retrain(this.#runSettings(untilMs, beginsWith), {
        signal: abort.signal,
        onProgress,
        onLoad: (state) => shown.report({ message: loadingText(state) }),
      });
      memory.noteVerdict(untilMs);
      return summary;
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      notices.tell('info', cancelledSentence(this.#progress, await hasFiles(paths.checkpoint)));
      return undefined;
    }
  }

  /** Shows each report of the trainer, and with the first one whether it goes on from a checkpoint. */
  #progressReporter(shown: ProgressBar, hasCheckpoint: boolean): (progress: RetrainProgress) => void {
    return (progress) => {
      const isFirst = this.#progress === undefined;
      const share = this.#progress === undefined ? 0 : runShare(this.#progress);
      if (isFirst && hasCheckpoint) this.#options.notices.tell('info', resumedSentence(progress));
      this.#pace ??= { atMs: this.#options.nowMs(), share: runShare(progress) };
      this.#progress = progress;
      shown.report({ message: progressLine(progress), increment: 100 * (runShare(progress) - share) });
      this.#options.onChanged();
    };
  }

  #runSettings(untilMs: number, beginsWith: AdapterId | undefined): RetrainSettings {
    const { settings, hyperparameters, mayLearnHere } = this.#options;
    const { device, projectCode, retrainMethod: method, retrainMinutes } = settings();
    const budget = retrainMinutes === 0 ? {} : { timeBudgetMs: retrainMinutes * 60_000 };
    return {
      ...runSettings(this.#options),
      ...{ device, projectCode, untilMs, beginsWith },
      hyperparameters: { method, ...budget, ...hyperparameters },
      learnFrom: learnFromOf(settings(), mayLearnHere()),
    };
  }

  /** Whoever did not ask hears only of what was learned. The verdict is told whatever the engine makes of it. */
  async #finish(summary: RetrainSummary, isAsked: boolean): Promise<void> {
    const { notices, log, showReport, rollBack } = this.#options;
    const { adapterId, verdict } = summary.manifest;
    if (!verdict.promoted && !isAsked) {
      log.info(verdictMessage(summary));
      return;
    }
    const taken = verdict.promoted ? await takeUp(summary.manifest, this.#options) : undefined;
    notices.tell('info', verdictMessage(summary, taken), {
      [l10n.t('Show Learning Report')]: () => showReport(adapterId),
      ...(taken?.kind === 'serves' ? { [l10n.t('Roll Back')]: rollBack } : {}),
    });
    if (taken?.kind === 'failed') notices.tellError(taken.error);
  }

  #setRunning(run: Run | undefined): void {
    this.#running = run;
    this.#progress = undefined;
    this.#pace = undefined;
    this.#options.onChanged();
  }
}

/** Who began a run, and what it begins with; absent: what serves. */
interface RunWish {
  readonly isAsked: boolean;
  readonly beginsWith?: AdapterId;
}

/** A run that is under way; aborted when the user has enough of it. */
interface Run extends RunWish {
  readonly abort: AbortController;
}

/** A run that nobody asked for shows in the status bar, where VS Code has no button to cancel it. */
function shownAs({ isAsked }: Run): vscode.ProgressOptions {
  const location = isAsked ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window;
  return { location, cancellable: isAsked, title: l10n.t('Attune retrains') };
}

type ProgressBar = vscode.Progress<{ readonly message?: string; readonly increment?: number }>;

async function hasFiles(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.length > 0;
}
