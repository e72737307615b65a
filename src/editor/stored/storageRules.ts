import { accessSync, constants } from 'node:fs';
import * as vscode from 'vscode';
import type { StorageRules } from '../../feedback/storing/storable.ts';
import type { RetrainSettings } from '../../process/clients.ts';
import type { FolderSettings, Settings } from '../settings/settings.ts';

/**
 * Whose files a retraining may learn from: those of the folders that can be read, and no folders where the user does not
 * want it, in general or in this workspace. A run that began elsewhere keeps what it read there in the second case.
 */
export function learnFromOf(settings: Settings, isAllowedHere: boolean): RetrainSettings['learnFrom'] {
  const { workspaceFolders, ...exclusions } = storageRulesOf(settings);
  const isOff = !settings.learnFromFiles || settings.collect === 'off';
  return {
    ...{ ...exclusions, isOff, ownLinesFirst: settings.learnFromGitHistory },
    mayAskGit: vscode.workspace.isTrusted,
    workspaceFolders: !isOff && isAllowedHere ? workspaceFolders.filter(canBeRead) : [],
    refusedFolders: isAllowedHere ? [] : workspaceFolders,
  };
}

/** A workspace may name folders that were deleted, or lie on a drive that is away. */
function canBeRead(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** What may be kept of the documents in this window, by its settings and folders of now: nothing of a folder that says no where the window does not. */
export function storageRulesOf(settings: Settings): StorageRules {
  const isRefused = ({ collect }: FolderSettings): boolean => collect === 'off' && settings.collect !== 'off';
  const refused = (settings.folders ?? [])
    .filter(isRefused)
    .map(({ folder }) => ({ folder, patterns: ['*'] }));
  const rules = readingRulesOf(settings);
  return { ...rules, excludedIn: [...(rules.excludedIn ?? []), ...refused] };
}

/** What the model may be shown of them, which is not kept. */
export function readingRulesOf(settings: Settings): StorageRules {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    excludedPatterns: settings['store.excluded'],
    excludedIn: settings.folders?.map(({ folder, 'store.excluded': patterns }) => ({ folder, patterns })),
    // Folders of other kinds are on no disk of this machine.
    workspaceFolders: folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
  };
}
