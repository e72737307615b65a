import * as vscode from 'vscode';
import { detailsOf, messageOf, type Logger } from './logger.ts';

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
  tell(severity: Severity, message: string, actions: Actions = {}): void {
    this.#log[severity](message);
    this.#show(severity, message, actions);
  }

  /** Shows a message unless one of the same kind was shown in this session. */
  tellOnce(kind: string, severity: Severity, message: string, actions: Actions = {}): void {
    if (this.#told.has(kind)) this.#log[severity](message);
    else this.tell(severity, message, actions);
    this.#told.add(kind);
  }

  /**
   * Tells of an error that ended what the user asked for. One of our own kinds says what to do and
   * needs no more; any other is a mistake of ours, so the log has where it came from.
   */
  tellError(error: unknown, actions: Actions): void {
    const severity = isExpected(error) ? 'warn' : 'error';
    this.#log[severity](isExpected(error) ? messageOf(error) : detailsOf(error));
    this.#show(severity, messageOf(error), actions);
  }

  #show(severity: Severity, message: string, actions: Actions): void {
    void show[severity](`Attune: ${message}`, ...Object.keys(actions)).then((chosen) => {
      if (chosen !== undefined) actions[chosen]?.();
    });
  }
}

/** Whether an error is one of those that a subsystem of ours foresees: they all have a reason. */
function isExpected(error: unknown): boolean {
  return error instanceof Error && 'reason' in error;
}
