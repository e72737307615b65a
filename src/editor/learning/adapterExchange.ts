import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { AdapterId } from '../../engine/policy.ts';
import type { Manifest } from '../../trainer/adapters/manifest.ts';
import { doubtOfBase, type Adapters } from '../../process/adapters.ts';
import type { EngineClient, ImportSettings, TrainerClient } from '../../process/clients.ts';
import type { Sentence } from '../../sentences/sentence.ts';
import { told } from '../../sentences/told.ts';
import { reportChoices } from './adapterChoices.ts';
import { changeServing } from './adapterCommands.ts';
import { exportForms, importedSentence, importForms } from './adapterForms.ts';
import { choose } from '../choose.ts';
import { firstFolder } from '../firstFolder.ts';
import type { LearningReportPanels } from './learningReportPanels.ts';
import { doneWithCancel, withCancel } from '../progressWithCancel.ts';
import { progressLine } from './retrainWords.ts';
import { takeUp } from './takingUp.ts';
import { runSettings, type TrainingNeeds } from './trainingNeeds.ts';
import { servedId } from './whoServes.ts';
import { learnFromOf } from '../stored/storageRules.ts';
import { revealing } from '../reveal.ts';
import { loadingText } from '../status/statusText.ts';

/** What bringing adapters in and out needs. */
export interface AdapterExchangeOptions extends TrainingNeeds {
  readonly trainer: Pick<TrainerClient, 'importAdapter' | 'exportAdapter'>;
  /** Whether files of this workspace may be read for what is learned, by the user's answer. */
  readonly mayLearnHere: () => boolean;
  readonly adapters: Adapters;
  readonly engine: Pick<EngineClient, 'useServingAdapter' | 'state'>;
  readonly reports: Pick<LearningReportPanels, 'show'>;
  /** Retrains from an adapter, whichever serves. */
  readonly retrainFrom: (id: AdapterId) => Promise<void>;
}

/** The commands 'Export Adapter…' and 'Import Adapter…'. Files are read and written in the trainer's process. */
export class AdapterExchange {
  readonly #options: AdapterExchangeOptions;

  constructor(options: AdapterExchangeOptions) {
    this.#options = options;
  }

  readonly exportAdapter = async (): Promise<void> => {
    const { adapters, trainer, paths, notices, requireModel } = this.#options;
    const title = l10n.t('Attune: Export Adapter');
    const choices = reportChoices(await adapters.list(), await servedId(this.#options));
    if (choices.length === 0) {
      notices.tell('info', l10n.t('There is no adapter yet. Retrain to get one, or import one.'));
      return;
    }
    const placeHolder = l10n.t('Which adapter?');
    const adapter = await choose(choices, { title, placeHolder });
    if (adapter === undefined) return;
    await requireModel(adapter.baseModelId);
    const form = await choose(exportForms(), {
      title,
      placeHolder: l10n.t('In which form?'),
    });
    if (form === undefined) return;
    const { format, nameFor, use, filters = {} } = form;
    const defaultUri = vscode.Uri.file(join(firstFolder(), nameFor(adapter.id)));
    const target = await vscode.window.showSaveDialog({
      title,
      defaultUri,
      filters,
      saveLabel: l10n.t('Export'),
    });
    if (target === undefined) return;
    const settings = { adaptersFolder: paths.adapters, adapterId: adapter.id, format, target: target.fsPath };
    const isWritten = await doneWithCancel(l10n.t('Attune exports an adapter'), ({ signal, show }) =>
      trainer.exportAdapter(settings, { signal, onProgress: (state) => show(loadingText(state)) }),
    );
    if (!isWritten) return;
    const text = l10n.t('Adapter {0} was written to {1}. {2}', adapter.id, target.fsPath, use);
    notices.tell('info', text, await revealing(target.fsPath));
  };

  readonly importAdapter = async (): Promise<void> => {
    const title = l10n.t('Attune: Import Adapter');
    const form = await choose(importForms(), {
      title,
      placeHolder: l10n.t('In which form?'),
    });
    if (form === undefined) return;
    const defaultUri = vscode.Uri.file(firstFolder());
    const dialog = { ...form.dialog, title, defaultUri, openLabel: l10n.t('Import') };
    const [chosen] = (await vscode.window.showOpenDialog(dialog)) ?? [];
    if (chosen !== undefined) await this.takeIn(chosen.fsPath);
  };

  /** Lets the gate judge an adapter from outside, and says what came of it; gives whether it came to a verdict. */
  async takeIn(path: string): Promise<boolean> {
    const manifest = await this.#judge(path, false).catch(async (error: unknown) => {
      const doubt = doubtOfBase(error);
      if (doubt === undefined || !(await isSaidToFit(doubt))) throw error;
      return this.#judge(path, true);
    });
    if (manifest === undefined) return false;
    const { adapters, notices, reports, retrainFrom } = this.#options;
    const { adapterId, verdict } = manifest;
    const taken = verdict.promoted ? await takeUp(manifest, this.#options) : undefined;
    const orTell = (work: Promise<unknown>): unknown =>
      work.catch((error: unknown) => notices.tellError(error));
    const serveAnyway = (): unknown => orTell(changeServing(() => adapters.serve(adapterId), this.#options));
    notices.tell('info', importedSentence(manifest, taken), {
      [l10n.t('Show Learning Report')]: () => reports.show(adapterId),
      ...(verdict.promoted ? {} : { [l10n.t('Let It Serve')]: serveAnyway }),
      [l10n.t('Retrain on Top of It')]: () => orTell(retrainFrom(adapterId)),
    });
    if (taken?.kind === 'failed') notices.tellError(taken.error);
    return true;
  }

  async #judge(path: string, isSameBase: boolean): Promise<Manifest | undefined> {
    const { trainer, requireModel, storeSettled } = this.#options;
    await requireModel();
    await storeSettled();
    return withCancel(l10n.t('Attune imports an adapter'), ({ signal, show }) => {
      show(l10n.t('Reading it'));
      return trainer.importAdapter(this.#importSettings(path, isSameBase), {
        signal,
        onProgress: (progress) => show(progressLine(progress)),
        onLoad: (state) => show(loadingText(state)),
      });
    });
  }

  #importSettings(path: string, isSameBase: boolean): ImportSettings {
    const { settings, mayLearnHere, hyperparameters = {} } = this.#options;
    return {
      ...runSettings(this.#options),
      ...{ path, isSameBase, serves: false, hyperparameters },
      learnFrom: learnFromOf(settings(), mayLearnHere()),
      projectCode: settings().projectCode,
    };
  }
}

/** Asks the one question that only the user can answer of an adapter that does not name the model. */
async function isSaidToFit(doubt: Sentence): Promise<boolean> {
  const message = l10n.t(
    'Nothing shows that this adapter belongs to the model: {0}. Are those the same weights?',
    told(doubt),
  );
  const yes = l10n.t('They Are the Same Weights');
  const detail = l10n.t(
    'An adapter on other weights than those it was trained on writes nonsense; the gate would see it.',
  );
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}
