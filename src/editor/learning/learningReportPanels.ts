import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { AdapterId } from '../../engine/policy.ts';
import type { EngineClient } from '../../process/clients.ts';
import { learningReport, type LearningReport } from '../../report/learningReport.ts';
import { reportBody } from '../../report/reportBody.ts';
import { reportChoices } from './adapterChoices.ts';
import { changeServing, type RollBackOptions } from './adapterCommands.ts';
import { choose } from '../choose.ts';
import { fromReportSchema } from './learningReportMessages.ts';
import { pageLocale } from '../localise.ts';
import { reportActions } from './reportActions.ts';
import { nowServing, servedId } from './whoServes.ts';
import { fillPage, pageOptions } from '../webviewPage.ts';

/** What learning reports need of the editor. */
export interface LearningReportOptions extends RollBackOptions {
  readonly extensionUri: vscode.Uri;
  readonly engine: Pick<EngineClient, 'useServingAdapter' | 'state' | 'onStateChanged'>;
}

const title = l10n.t('Attune: Learning Report');

/** The learning reports that are open, each in an editor tab of its own, one for an adapter. */
export class LearningReportPanels {
  readonly #options: LearningReportOptions;
  readonly #open = new Map<AdapterId, OpenReport>();
  readonly #listening: { dispose(): void };

  constructor(options: LearningReportOptions) {
    this.#options = options;
    this.#listening = options.engine.onStateChanged(({ kind }) => {
      if (kind === 'ready') this.#showServing();
    });
  }

  /** The command 'Show Learning Report': of several adapters the user chooses one. */
  readonly choose = async (): Promise<void> => {
    const { adapters, notices } = this.#options;
    const choices = reportChoices(await adapters.list(), await servedId(this.#options));
    const [newest, ...others] = choices;
    if (newest === undefined) {
      notices.tell('info', l10n.t('Nothing was retrained yet, so there is no report.'));
      return;
    }
    const options = {
      title: l10n.t('Attune: Show Learning Report'),
      placeHolder: l10n.t('Which adapter’s?'),
    };
    const chosen = others.length === 0 ? newest : await choose(choices, options);
    if (chosen !== undefined) await this.show(chosen.id);
  };

  /** Shows the report of one adapter; why it cannot be read is told. */
  readonly show = async (id: AdapterId): Promise<void> => {
    try {
      const report = await this.#read(id);
      const panel = this.#open.get(id)?.panel ?? this.#openTab(id);
      this.#fill(panel, report);
      panel.reveal();
    } catch (error) {
      this.#options.notices.tellError(error);
    }
  };

  /** Shows what is left of the open reports after the user has had something forgotten. */
  readonly refresh = async (): Promise<void> => {
    for (const [id, { panel }] of this.#open) {
      const report = await this.#read(id).catch(() => undefined);
      if (report === undefined) panel.dispose();
      else this.#fill(panel, report);
    }
  };

  dispose(): void {
    this.#listening.dispose();
  }

  async #read(id: AdapterId): Promise<LearningReport> {
    const { adapters } = this.#options;
    return learningReport(await adapters.manifest(id), await adapters.comparisons(id));
  }

  #openTab(id: AdapterId): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel('attune.report', title, vscode.ViewColumn.Active, {
      ...pageOptions(this.#options.extensionUri),
      enableFindWidget: true,
    });
    panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message, id));
    panel.onDidDispose(() => this.#open.delete(id));
    return panel;
  }

  #fill(panel: vscode.WebviewPanel, report: LearningReport): void {
    const body = reportBody(report, pageLocale().language);
    this.#open.set(report.adapterId, { panel, report });
    fillPage(panel.webview, this.#options.extensionUri, { name: 'learningReport', title, body });
  }

  /** The fence of the reports: what goes wrong is told, and their buttons can be pressed again. */
  async #receive(message: unknown, id: AdapterId): Promise<void> {
    const { adapters, notices } = this.#options;
    try {
      const { kind } = fromReportSchema.parse(message);
      if (kind === 'rollBack') await changeServing(() => adapters.rollBack(id), this.#options);
      if (kind === 'serve') await changeServing(() => adapters.serve(id), this.#options);
    } catch (error) {
      notices.tellError(error);
    }
    this.#showServing();
  }

  #showServing(): void {
    void nowServing(this.#options).then((now) => {
      for (const { panel, report } of this.#open.values()) {
        void panel.webview.postMessage(reportActions(report, now));
      }
    });
  }
}

interface OpenReport {
  readonly panel: vscode.WebviewPanel;
  readonly report: LearningReport;
}
