import { setImmediate as nextTurn } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Clock } from '../../completion/clock.ts';
import type { StoredRecord } from '../../feedback/completionRecord.ts';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import type { Adapters } from '../../process/adapters.ts';
import type { DataPaths } from '../../process/dataFolder.ts';
import { forgetRecords, learnersOf, type Learners } from '../../process/exchange/forgetRecords.ts';
import { detailOf, entryOf, type StoredEntry } from '../../report/storedEntry.ts';
import { changeServing, type RollBackOptions } from '../learning/adapterCommands.ts';
import { nowServing } from '../learning/whoServes.ts';
import type { CommandId } from '../commands.ts';
import { confirmForgetting } from './confirmForgetting.ts';
import {
  fromDataPageSchema,
  rowsOfPage,
  type DataList,
  type FromDataPage,
  type ToDataPage,
} from './dataMessages.ts';
import {
  dataDetail,
  dataRow,
  dayOf,
  fileName,
  forgetQuestion,
  forgottenSentence,
  leftBehindSentence,
  notStoredSentence,
} from './dataWords.ts';
import { requireStore } from './requireStore.ts';
import { StoredEntries } from './storedEntries.ts';
import { fillPage, pageOptions } from '../webviewPage.ts';

/** What the panel needs. */
export interface DataPanelOptions extends RollBackOptions {
  readonly extensionUri: vscode.Uri;
  /** Undefined when there is none. */
  readonly store: FeedbackStore | undefined;
  /** Resolves when all feedback so far is stored. */
  readonly storeSettled: () => Promise<void>;
  readonly adapters: Adapters;
  readonly paths: Pick<DataPaths, 'adapters' | 'checkpoint'>;
  readonly clock: Clock;
  /** Records came or went. */
  readonly onChanged: () => void;
  /** Something was deleted: whatever shows it has to look again. */
  readonly onForgotten: () => unknown;
  readonly run: (command: CommandId) => unknown;
}

type Looked = Extract<FromDataPage, { kind: 'look' }>;
type Forgetting = Extract<FromDataPage, { kind: 'forget' }>;

/** What was forgotten last. */
interface Forgotten {
  readonly ids: readonly string[];
  /** Where it can be brought back. */
  readonly record?: StoredRecord;
  /** What is said of it. */
  readonly sentence: string;
}

const title = l10n.t('Attune: What Is Stored');

/** At most this often the page hears how far reading is. */
const progressMs = 300;

/** The panel 'What Is Stored': one, in an editor tab. */
export class DataPanel {
  readonly #options: DataPanelOptions;
  #panel: vscode.WebviewPanel | undefined;
  #entries: StoredEntries | undefined;
  #isReading = false;
  /** The reading of the store begun last. */
  #reading: Promise<void> | undefined;
  #looked: Looked = { kind: 'look', search: '', group: 'all', offset: 0 };
  #forgotten: Forgotten = { ids: [], sentence: '' };
  /** The record that the page shows all of; it may have gone since. */
  #selectedId: string | undefined;

  constructor(options: DataPanelOptions) {
    this.#options = options;
  }

  /** The command 'Show What Is Stored'. */
  readonly show = async (): Promise<void> => {
    const store = this.#store();
    this.#entries ??= new StoredEntries(store);
    this.#panel ??= this.#openTab();
    this.#panel.reveal();
    await this.refresh();
  };

  /** Reads the store anew, where the panel is open. A reading that another overtakes ends with that one. */
  readonly refresh = async (): Promise<void> => {
    const entries = this.#entries;
    if (entries === undefined) return;
    await this.#options.storeSettled();
    this.#isReading = true;
    let toldMs = -Infinity;
    const read = entries.read(nextTurn, () => {
      const nowMs = this.#options.clock.nowMs();
      if (nowMs - toldMs < progressMs) return;
      toldMs = nowMs;
      this.#showRows();
    });
    this.#reading = read.then(
      (isWhole) => (isWhole ? this.#noteRead() : this.#reading),
      (error: unknown) => {
        this.#noteRead();
        throw error;
      },
    );
    await this.#reading;
  };

  /** Much came or went by other ways than this panel: what was forgotten here before does not come back. */
  readonly refreshAfterward = async (): Promise<void> => {
    const { ids, sentence } = this.#forgotten;
    this.#forgotten = { ids, sentence };
    this.#tell({ kind: 'final' });
    await this.refresh();
  };

  #noteRead(): void {
    this.#isReading = false;
    this.#showRows();
    const id = this.#selectedId;
    if (id !== undefined && this.#store().find(id) === undefined) this.#tell({ kind: 'gone', id });
  }

  #openTab(): vscode.WebviewPanel {
    const { extensionUri } = this.#options;
    const panel = vscode.window.createWebviewPanel('attune.data', title, vscode.ViewColumn.Active, {
      ...pageOptions(extensionUri),
      retainContextWhenHidden: true,
    });
    panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#entries = undefined;
      this.#forgotten = { ids: [], sentence: '' };
    });
    fillPage(panel.webview, extensionUri, { name: 'dataView', title });
    return panel;
  }

  /** The fence of the panel: what goes wrong is told. */
  async #receive(message: unknown): Promise<void> {
    try {
      await this.#answer(fromDataPageSchema.parse(message));
    } catch (error) {
      this.#options.notices.tellError(error);
    }
  }

  async #answer(message: FromDataPage): Promise<void> {
    switch (message.kind) {
      case 'look':
        this.#looked = message;
        this.#showRows();
        return;
      case 'select':
        return this.#select(message.id);
      case 'correct':
        return this.#correct(message.id, message.label);
      case 'forget':
        return this.#forget(message);
      case 'undo':
        return this.#undo();
      case 'retrainWithout':
        return this.#retrainWithout();
      case 'refresh':
        await this.refresh();
        return;
      case 'export':
        await this.#options.run('attune.exportFeedback');
        return;
      case 'import':
        await this.#options.run('attune.importFeedback');
        return;
      case 'forgetEverything':
        await this.#options.run('attune.forgetEverything');
        return;
    }
  }

  #showRows(): void {
    if (this.#entries === undefined) return;
    const { search, group, offset } = this.#looked;
    const { rows, ...page } = this.#entries.page({ search, group, offset, limit: rowsOfPage });
    this.#tell({
      ...{ kind: 'rows', list: listOf(group), rows: rows.map(dataRow), ...page },
      ...{ isReading: this.#isReading, notStored: notStoredSentence(this.#store().notStored()) },
    });
  }

  async #select(id: string): Promise<void> {
    this.#selectedId = id;
    const stored = this.#found(id);
    if (stored === undefined) return;
    const learners = await this.#learnersOf([id]);
    this.#tell({ kind: 'detail', detail: dataDetail(detailOf(stored), learners) });
  }

  async #correct(id: string, label: 'kept' | 'refused' | 'none' | null): Promise<void> {
    const stored = this.#found(id);
    if (stored?.kind !== 'completion') return;
    const store = this.#store();
    const atMs = this.#options.clock.nowMs();
    store.correct(stored.record.id, label === null ? undefined : { label, atMs });
    const corrected = store.find(id);
    if (corrected !== undefined) this.#entries?.replace(entryOf(corrected));
    this.#showRows();
    await this.#select(id);
  }

  async #forget({ id, what }: Forgetting): Promise<void> {
    const stored = this.#found(id);
    const known = this.#entries;
    if (stored === undefined || known === undefined) return;
    const { documentUri, atMs } = stored.record;
    if (what === 'record') {
      await this.#forgetAll([entryOf(stored)], l10n.t('1 record is forgotten.'), stored);
      return;
    }
    // What came in since the list was read goes too, and is counted.
    await this.refresh();
    if (this.#entries !== known) return;
    const entries =
      what === 'file' ? known.ofDocument(this.#store().namesOf(documentUri)) : known.ofDay(atMs);
    const name = what === 'file' ? fileName(documentUri) : dayOf(atMs);
    if (await confirmForgetting(forgetQuestion(entries.length, name)))
      await this.#forgetAll(entries, forgottenSentence(entries.length, name));
  }

  async #forgetAll(entries: readonly StoredEntry[], said: string, record?: StoredRecord): Promise<void> {
    const ids = entries.map(({ id }) => id);
    const learners = await this.#learnersOf(ids);
    await forgetRecords(entries, this.#store(), this.#options.paths);
    const sentence = `${said} ${leftBehindSentence(learners)}`;
    this.#forgotten = { ids, sentence, ...(record && { record }) };
    this.#entries?.drop(ids);
    this.#options.onForgotten();
    this.#options.onChanged();
    this.#showRows();
    this.#tellForgotten(learners.isServing);
  }

  #tellForgotten(canRetrain: boolean): void {
    const { sentence, record } = this.#forgotten;
    this.#tell({ kind: 'done', sentence, canUndo: record !== undefined, canRetrain });
  }

  /** A record as it is stored; one that went in another window, or at the limit of the store, is taken off the page. */
  #found(id: string): StoredRecord | undefined {
    const stored = this.#store().find(id);
    if (stored !== undefined) return stored;
    this.#tell({ kind: 'gone', id });
    this.#entries?.drop([id]);
    this.#showRows();
    return undefined;
  }

  async #undo(): Promise<void> {
    const { record } = this.#forgotten;
    this.#forgotten = { ids: [], sentence: '' };
    if (record === undefined) return;
    this.#store().addAll([record]);
    this.#options.onChanged();
    this.#tell({ kind: 'done', sentence: l10n.t('It is stored again.'), canUndo: false, canRetrain: false });
    await this.refresh();
  }

  /** Goes back to the newest policy that does not know what was forgotten, and retrains that. Where that cannot be had, it is offered again. */
  async #retrainWithout(): Promise<void> {
    const { adapters, run } = this.#options;
    const { isServing, newestWithout } = await this.#learnersOf(this.#forgotten.ids);
    let isWithout = !isServing;
    try {
      isWithout ||= await changeServing(() => adapters.serve(newestWithout), this.#options);
    } finally {
      if (!isWithout) this.#tellForgotten(true);
    }
    if (isWithout) await run('attune.retrain');
  }

  async #learnersOf(ids: readonly string[]): Promise<Learners> {
    return learnersOf(ids, this.#options.adapters, await nowServing(this.#options));
  }

  #store(): FeedbackStore {
    return requireStore(this.#options.store);
  }

  #tell(message: ToDataPage): void {
    void this.#panel?.webview.postMessage(message);
  }
}

function listOf(group: Looked['group']): DataList {
  return group === 'demonstrations' || group === 'preferences' ? group : 'records';
}
