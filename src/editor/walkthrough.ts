import * as vscode from 'vscode';

/** Where the walkthrough is, as VS Code names it: extension and id. */
const walkthrough = 'attune.attune#attune.start';

const key = 'walkthroughShown';

/**
 * Opens the walkthrough at the first start ever, unless the user wants no such pages. VS Code opens it by
 * itself only for what is installed from its list.
 */
export async function showWalkthroughOnce(memory: vscode.Memento): Promise<void> {
  if (memory.get(key) === true || !isWanted()) return;
  await memory.update(key, true);
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
}

function isWanted(): boolean {
  const settings = vscode.workspace.getConfiguration('workbench');
  return (
    settings.get<boolean>('welcomePage.walkthroughs.openOnInstall', true) &&
    settings.get('startupEditor') !== 'none'
  );
}
