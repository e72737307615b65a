import * as vscode from 'vscode';
import type { StorageRules } from '../feedback/storable.ts';
import type { Settings } from './settings.ts';

/** What may be kept of the documents in this window, by its settings and folders of now. */
export function storageRulesOf(settings: Settings): StorageRules {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    excludedPatterns: settings['store.excluded'],
    workspaceFolders: folders.map(({ uri }) => uri.fsPath),
  };
}
