import type { CompletionRequest, NoCompletionReason } from './completion.ts';
import { cursorLineOf, isMidWord, normaliseContext } from './context.ts';

/** Where the user wants completions. */
export interface AskingRules {
  readonly isEnabled: boolean;
  /** On or off by VS Code's language id; '*' stands for all that are not named. */
  readonly languages: Readonly<Record<string, boolean>>;
}

/** Nobody types a line of this length: it is data, or code for machines. */
const maxLineChars = 500;

/** Why the policy should not even be asked at a place; `undefined` when it should. */
export function reasonNotToAsk(
  place: Pick<CompletionRequest, 'prefix' | 'suffix' | 'languageId' | 'trigger'>,
  { isEnabled, languages }: AskingRules,
): NoCompletionReason | undefined {
  const isLanguageOn = languages[place.languageId] ?? languages['*'] ?? true;
  if (!isEnabled || !isLanguageOn) return 'disabled';
  const line = cursorLineOf(normaliseContext(place));
  if (isMidWord(line)) return 'midWord';
  const isUnread = place.trigger === 'automatic' && line.before.length > maxLineChars;
  return isUnread ? 'disabled' : undefined;
}
