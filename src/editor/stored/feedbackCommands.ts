import { basename, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { isNamed } from '../../feedback/files/documentNames.ts';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import type { StorageRules } from '../../feedback/storing/storable.ts';
import type { EngineClient, FeedbackExchangeClient } from '../../process/clients.ts';
import type { DataPaths } from '../../process/dataFolder.ts';
import { exportedSentence, importedSentences } from '../../process/exchange/feedbackExchange.ts';
import { forgetAllKeptWork, forgetKeptWork, forgetLearned } from '../../process/exchange/forgetting.ts';
import { choose } from '../choose.ts';
import { confirmForgetting } from './confirmForgetting.ts';
import { forgetAllQuestion, forgottenSentence } from './dataWords.ts';
import { exportChoices } from './exportChoices.ts';
import { firstFolder } from '../firstFolder.ts';
import type { Notices } from '../notices.ts';
import { withCancel } from '../progressWithCancel.ts';
import { requireStore } from './requireStore.ts';

/** What the commands on stored feedback need. */
export interface FeedbackCommandOptions {
  /** Undefined when there is none. */
  readonly store: FeedbackStore | undefined;
  /** Resolves when all feedback so far is stored. */
  readonly storeSettled: () => Promise<void>;
  /** Where more than the store keeps of the user's work. */
  readonly paths: Pick<DataPaths, 'store' | 'adapters' | 'checkpoint' | 'problems' | 'cluster'>;
  readonly exchange: FeedbackExchangeClient;
  readonly engine: Pick<EngineClient, 'useServingAdapter'>;
  readonly notices: Notices;
  readonly storageRules: () => StorageRules;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onChanged: () => void;
  /** Much came or went: whatever shows it has to look again. Heard at once of records, and again of what is kept beside them. */
  readonly onForgotten: () => unknown;
}

/** The commands by which the user takes out or deletes what was stored. */
export class FeedbackCommands {
  readonly #options: FeedbackCommandOptions;

  constructor(options: FeedbackCommandOptions) {
    this.#options = options;
  }

  readonly exportFeedback = async (): Promise<void> => {
    await this.#settledStore();
    const title = l10n.t('Attune: Export Feedback');
    const chosen = await choose(exportChoices, {
      title,
      placeHolder: l10n.t('In which format?'),
    });
    if (chosen === undefined) return;
    const target = await vscode.window.showSaveDialog({
      title,
      defaultUri: vscode.Uri.file(join(firstFolder(), chosen.fileName)),
      filters: { 'JSON Lines': ['jsonl'] },
    });
    if (target === undefined) return;
    const { exchange, paths } = this.#options;
    const { format, isMarked } = chosen;
    const asked = { storePath: paths.store, file: target.fsPath, format, isMarked };
    const exported = await withCancel(l10n.t('Attune writes feedback to a file'), ({ signal }) =>
      exchange.exportFeedback(asked, signal),
    );
    if (exported === undefined) return;
    this.#options.notices.tell('info', exportedSentence(target.fsPath, chosen, exported));
  };

  readonly importFeedback = async (): Promise<void> => {
    const { exchange, paths, storageRules, now, notices, onChanged, onForgotten } = this.#options;
    await this.#settledStore();
    const filters = { 'JSON Lines': ['jsonl', 'json'] };
    const [file] =
      (await vscode.window.showOpenDialog({ title: l10n.t('Attune: Import Feedback'), filters })) ?? [];
    if (file === undefined) return;
    const asked = { storePath: paths.store, file: file.fsPath, nowMs: now(), rules: storageRules() };
    const imported = await withCancel(l10n.t('Attune reads feedback from a file'), ({ signal }) =>
      exchange.importFeedback(asked, signal),
    );
    if (imported === undefined) return;
    notices.tell('info', importedSentences(file.fsPath, imported).join(' '));
    onForgotten();
    onChanged();
  };

  readonly forgetFile = async (): Promise<void> => {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined) {
      this.#options.notices.tell('info', l10n.t('Open the file that shall be forgotten first.'));
      return;
    }
    const name = basename(document.uri.path);
    const store = await this.#settledStore();
    if (!(await confirmForgetting(l10n.t('Forget all that is stored of {0}?', name)))) return;
    await this.#options.storeSettled();
    const documentUri = document.uri.toString();
    const names = store.namesOf(documentUri);
    const count = store.forgetDocument(documentUri);
    this.#options.onForgotten();
    await forgetKeptWork(this.#options.paths, (place) => isNamed(names, place));
    this.#options.onForgotten();
    const stays = l10n.t('What it taught an adapter stays in it.');
    this.#options.notices.tell('info', `${forgottenSentence(count, name)} ${stays}`);
    this.#options.onChanged();
  };

  readonly forgetEverything = async (): Promise<void> => {
    const store = await this.#settledStore();
    const recordsOnly = l10n.t('Forget Records');
    const withAdapters = l10n.t('Forget Records and Adapters');
    const chosen = await vscode.window.showWarningMessage(
      forgetAllQuestion(store.recordCount()),
      {
        modal: true,
        detail: l10n.t(
          'This cannot be undone. Adapters were learned from such records and remember some of them.',
        ),
      },
      recordsOnly,
      withAdapters,
    );
    if (chosen === undefined) return;
    await this.#forget(store, chosen === withAdapters);
    this.#options.onForgotten();
    const said =
      chosen === withAdapters
        ? l10n.t('All records and adapters are forgotten.')
        : l10n.t('All records are forgotten.');
    this.#options.notices.tell('info', said);
    this.#options.onChanged();
  };

  async #forget(store: FeedbackStore, isWithAdapters: boolean): Promise<void> {
    const { engine, paths } = this.#options;
    store.forgetEverything();
    this.#options.onForgotten();
    await forgetAllKeptWork(paths);
    if (!isWithAdapters) return;
    await forgetLearned(paths);
    await engine.useServingAdapter();
  }

  async #settledStore(): Promise<FeedbackStore> {
    const store = requireStore(this.#options.store);
    await this.#options.storeSettled();
    return store;
  }
}
