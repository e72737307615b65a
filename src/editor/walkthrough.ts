import * as vscode from 'vscode';

/** Where the walkthrough is, as VS Code names it: extension and id. */
const walkthrough = 'attune.attune#attune.start';

const key = 'walkthroughShown';

/**
 * Opens the walkthrough at the first start ever, unless the user wants none of any extension. VS Code
 * opens it by itself only for what is installed from its list.
 */
export async function showWalkthroughOnce(memory: vscode.Memento): Promise<void> {
  const wanted = vscode.workspace
    .getConfiguration('workbench.welcomePage.walkthroughs')
    .get<boolean>('openOnInstall', true);
  if (memory.get(key) === true || !wanted) return;
  await memory.update(key, true);
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
}
