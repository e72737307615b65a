import * as vscode from 'vscode';

/** How work shows in a notification how far it is. */
export interface ShownWork {
  /** Aborted when the user has enough of waiting. */
  readonly signal: AbortSignal;
  readonly show: (message: string) => void;
}

/** Does work behind a notification with its progress; undefined when the user cancelled it. */
export function withCancel<T>(title: string, work: (shown: ShownWork) => Promise<T>): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  const shown = vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    const show = (message: string): void => progress.report({ message });
    try {
      return await work({ signal: abort.signal, show });
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      return undefined;
    }
  });
  return Promise.resolve(shown);
}

/** The same for work that gives nothing: whether it was done, and not cancelled. */
export async function doneWithCancel(
  title: string,
  work: (shown: ShownWork) => Promise<void>,
): Promise<boolean> {
  const done = await withCancel(title, async (shown) => {
    await work(shown);
    return true;
  });
  return done === true;
}
