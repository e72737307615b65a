import * as vscode from 'vscode';
import { ForeseenError, sentenceOf } from '../sentences/foreseenError.ts';
import { inEnglish, type Sentence } from '../sentences/sentence.ts';
import { told } from '../sentences/told.ts';
import { detailsOf, type Logger } from './logger.ts';

/** What a message offers to do, by the text of its button. */
export type Actions = Readonly<Record<string, () => unknown>>;

/** What a message says: made in the reader's language, or a sentence that is told in it now. */
export type Message = string | Sentence;

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
    this.#log[severity](logged(message));
    this.#show(severity, message, actions);
  }

  /** Shows a message unless one of the same kind was shown in this session. */
  tellOnce(kind: string, severity: Severity, message: Message, actions: Actions = {}): void {
    if (this.#told.has(kind)) this.#log[severity](logged(message));
    else this.tell(severity, message, actions);
    this.#told.add(kind);
  }

  /**
   * Tells of an error that ended what the user asked for. One of our own kinds says what to do and
   * needs no more; any other is a mistake of ours, so the log has where it came from.
   */
  tellError(error: unknown, actions: Actions): void {
    const isForeseen = error instanceof ForeseenError;
    const severity = isForeseen ? 'warn' : 'error';
    this.#log[severity](isForeseen ? error.message : detailsOf(error));
    this.#show(severity, sentenceOf(error), actions);
  }

  #show(severity: Severity, message: Message, actions: Actions): void {
    const text = typeof message === 'string' ? message : told(message);
    void show[severity](`Attune: ${text}`, ...Object.keys(actions)).then((chosen) => {
      if (chosen !== undefined) actions[chosen]?.();
    });
  }
}

/** The log is English where the sentence came from elsewhere. */
function logged(message: Message): string {
  return typeof message === 'string' ? message : inEnglish(message);
}
