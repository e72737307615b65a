import * as vscode from 'vscode';
import type { StorageRules } from '../feedback/storable.ts';
import type { RetrainSettings } from '../process/clients.ts';
import type { Settings } from './settings.ts';

/** Whose files a retraining may learn from: no folders where the user does not want it, in general or in this workspace. */
export function learnFromOf(settings: Settings, isAllowedHere: boolean): RetrainSettings['learnFrom'] {
  const rules = { ...storageRulesOf(settings), ownLinesFirst: settings.learnFromGitHistory };
  return settings.learnFromFiles && isAllowedHere ? rules : { ...rules, workspaceFolders: [] };
}

/** What may be kept of the documents in this window, by its settings and folders of now. */
export function storageRulesOf(settings: Settings): StorageRules {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    excludedPatterns: settings['store.excluded'],
    workspaceFolders: folders.map(({ uri }) => uri.fsPath),
  };
}
