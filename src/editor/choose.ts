import * as vscode from 'vscode';

/**
 * Asks for one of several; undefined where the user wants none of them. It stays open when the focus goes elsewhere:
 * a webview that had it before the command palette takes it back late, and would close the question at once.
 */
export function choose<Choice extends vscode.QuickPickItem>(
  choices: readonly Choice[],
  options: vscode.QuickPickOptions,
): Thenable<Choice | undefined> {
  return vscode.window.showQuickPick(choices, { ...options, ignoreFocusOut: true });
}

/**
 * Asks the same where more will be known of the choices in a moment: they are shown as they are, and once more then.
 *
 * @param inform finds out; the signal aborts when the user has answered.
 */
export function chooseInformed<Choice extends vscode.QuickPickItem>(
  choicesNow: () => readonly Choice[],
  words: { readonly title: string; readonly placeholder: string },
  inform: (signal: AbortSignal) => Promise<void>,
): Promise<Choice | undefined> {
  const answered = new AbortController();
  const picker = vscode.window.createQuickPick<Choice>();
  Object.assign(picker, { ...words, items: choicesNow(), ignoreFocusOut: true, busy: true });
  const showAgain = (): void => {
    if (answered.signal.aborted) return;
    const [active] = picker.activeItems;
    picker.items = choicesNow();
    picker.activeItems = picker.items.filter(({ label }) => label === active?.label);
    picker.busy = false;
  };
  void inform(answered.signal).finally(showAgain);
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.activeItems[0]);
      picker.hide();
    });
    picker.onDidHide(() => {
      answered.abort();
      picker.dispose();
      resolve(undefined);
    });
    picker.show();
  });
}
