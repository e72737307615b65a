import * as vscode from 'vscode';
import type { CurrentSettings } from '../settings/currentSettings.ts';
import { isLanguageOn } from '../settings/settings.ts';
import { whyNotCompleted } from './whyNotCompleted.ts';

/** Whether a document is on the screen that Attune completes: one of its kinds, where the settings have it on. */
export function isCompletedOnScreen(settings: Pick<CurrentSettings, 'at'>): boolean {
  return vscode.window.visibleTextEditors.some(({ document }) => {
    const { enabled, languages } = settings.at(document);
    const isOn = enabled && isLanguageOn(languages, document.languageId);
    return isOn && whyNotCompleted(document) === undefined;
  });
}
