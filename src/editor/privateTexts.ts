import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { PrivateTexts } from '../report/privateText.ts';

/** What no text may hold that leaves this window. */
export function privateTextsOf({ model }: { readonly model: string }): PrivateTexts {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  return { paths: [homedir(), ...folders, ...(/[\\/]/.test(model) ? [model] : [])] };
}
