import * as vscode from 'vscode';
import type { CurrentSettings } from '../settings/currentSettings.ts';
import { isLanguageOn } from '../settings/settings.ts';
import type { StatusFacts } from './statusText.ts';
import { whyNotCompleted } from '../typing/whyNotCompleted.ts';

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
