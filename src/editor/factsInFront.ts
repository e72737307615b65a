import * as vscode from 'vscode';
import type { CurrentSettings } from './currentSettings.ts';
import { isLanguageOn } from './settings.ts';
import type { StatusFacts } from './statusText.ts';
import { whyNotCompleted } from './whyNotCompleted.ts';

/** What the status bar tells of the document in front. */
export function factsInFront({
  inFront,
}: Pick<CurrentSettings, 'inFront'>): Pick<
  StatusFacts,
  'isEnabled' | 'isLanguageOn' | 'isOnlyWhenAsked' | 'whyNotHere'
> {
  const document = vscode.window.activeTextEditor?.document;
  return {
    isEnabled: inFront.enabled,
    isLanguageOn: isLanguageOn(inFront.languages, document?.languageId),
    isOnlyWhenAsked: inFront.show === 'onlyWhenAsked',
    whyNotHere: document && whyNotCompleted(document),
  };
}
