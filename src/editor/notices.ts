import * as vscode from 'vscode';
import { ForeseenError, sentenceOf } from '../sentences/foreseenError.ts';
import { told } from '../sentences/told.ts';
import { logged, reportOf, type Logger, type Message } from './logger.ts';

/** What a message offers to do, by the text of its button. */
export type Actions = Readonly<Record<string, () => unknown>>;

type Severity = 'info' | 'warn' | 'error';

const show = {
  info: vscode.window.showInformationMessage,
  warn: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

/** Messages to the user. The same trouble is told once per session; the log has it every time. */
export class Notices {
  readonly #log: Logger;
  readonly #told = new Set<string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Shows a message and does what the user chooses. It never waits: the user may leave it for ever. */
  tell(severity: Severity, message: Message, actions: Actions = {}): void {
    this.#log[severity](message);
    this.#show(severity, message, actions);
  }

  /** Warns unless the same was told in this session. */
  warnOnce(message: Message): void {
    const text = logged(message);
    if (this.#told.has(text)) this.#log.warn(message);
    else this.tell('warn', message);
    this.#told.add(text);
  }

  /** Tells of an error that ended what the user asked for. */
  tellError(error: unknown, actions: Actions = {}): void {
    const severity = error instanceof ForeseenError ? 'warn' : 'error';
    this.#log[severity](reportOf(error));
    this.#show(severity, sentenceOf(error), actions);
  }

  #show(severity: Severity, message: Message, actions: Actions): void {
    const text = typeof message === 'string' ? message : told(message);
    void show[severity](`Attune: ${text}`, ...Object.keys(actions)).then((chosen) => {
      if (chosen !== undefined) actions[chosen]?.();
    });
  }
}
