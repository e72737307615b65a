import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { AdapterId } from '../../engine/policy.ts';
import type { EngineClient, EngineState } from '../../process/clients.ts';
import { servedModelOf } from '../../process/serving/servedModel.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { told } from '../../sentences/told.ts';
import {
  fromBeforeAfterSchema,
  type FromBeforeAfter,
  type Side,
  type ToBeforeAfter,
} from './beforeAfterMessages.ts';
import { reportOf, type Logger } from '../logger.ts';
import { fillPage, pageOptions } from '../webviewPage.ts';

/** What the page needs of the editor. */
export interface BeforeAfterOptions {
  readonly extensionUri: vscode.Uri;
  readonly engine: Pick<EngineClient, 'state' | 'onStateChanged' | 'answer'>;
  /** Starts the engine if nothing did before; rejects where there is no model to start. */
  readonly startEngine: () => Promise<void>;
  readonly log: Logger;
}

const title = l10n.t('Attune: Before and After Feedback');

/** The page 'Before and After Feedback': what the base model and the adapter that serves answer to the same words. */
export class BeforeAfterPanel {
  readonly #options: BeforeAfterOptions;
  readonly #listening: { dispose(): void };
  #panel: vscode.WebviewPanel | undefined;
  #asking = new AbortController();

  constructor(options: BeforeAfterOptions) {
    this.#options = options;
    this.#listening = options.engine.onStateChanged((state) => this.#tell(policiesOf(state)));
  }

  readonly show = (): void => {
    this.#panel ??= this.#open();
    this.#panel.reveal();
  };

  dispose(): void {
    this.#asking.abort();
    this.#listening.dispose();
    this.#panel?.dispose();
  }

  #open(): vscode.WebviewPanel {
    const { extensionUri } = this.#options;
    const panel = vscode.window.createWebviewPanel('attune.beforeAfter', title, vscode.ViewColumn.Active, {
      ...pageOptions(extensionUri),
      retainContextWhenHidden: true,
    });
    panel.webview.onDidReceiveMessage(
      (message: unknown) => void this.#receive(fromBeforeAfterSchema.parse(message)),
    );
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#asking.abort();
    });
    fillPage(panel.webview, extensionUri, { name: 'beforeAfter', title });
    return panel;
  }

  async #receive(message: FromBeforeAfter): Promise<void> {
    if (message.kind === 'ready') this.#tell(policiesOf(this.#options.engine.state));
    else await this.#ask(message.run, message.words);
  }

  /** The fence of the page: what goes wrong is shown in it. The newest words win. */
  async #ask(run: number, words: string): Promise<void> {
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    const { engine, log, startEngine } = this.#options;
    try {
      await startEngine();
      const sides: readonly Side[] = adapterOf(engine.state) === undefined ? ['before'] : ['after', 'before'];
      for (const side of sides) {
        const text = await engine.answer({ words, policy: side === 'before' ? 'base' : 'serving' }, signal);
        if (!signal.aborted) this.#tell({ kind: 'answer', run, side, text });
      }
    } catch (error) {
      if (signal.aborted) return;
      log.error(reportOf(error));
      this.#tell({ kind: 'failed', run, message: told(sentenceOf(error)) });
    }
  }

  #tell(message: ToBeforeAfter | undefined): void {
    if (message !== undefined) void this.#panel?.webview.postMessage(message);
  }
}

function adapterOf(state: EngineState): AdapterId | undefined {
  return state.kind === 'ready' ? state.adapterId : undefined;
}

/** Undefined while no model serves. */
function policiesOf(state: EngineState): ToBeforeAfter | undefined {
  const before = servedModelOf(state);
  return before === undefined ? undefined : { kind: 'policies', before, after: adapterOf(state) };
}
