import type { CompletionRequest, NoCompletionReason } from '../completion.ts';
import { cursorLineOf, isMidWord, normaliseContext } from '../prompt/context.ts';
import { isProse } from '../syntax/prose.ts';

/** Where the user wants completions. */
export interface AskingRules {
  readonly isEnabled: boolean;
  /** On or off by VS Code's language id; '*' stands for all that are not named. */
  readonly languages: Readonly<Record<string, boolean>>;
  /** Whether nothing is offered that was not asked for by a command. Absent: it is offered. */
  readonly isOnlyWhenAsked?: boolean;
  /** The same for a while. */
  readonly isSnoozed?: boolean;
  /** Whether comments, doc strings and prose are left out. Absent: they are completed. */
  readonly isProseLeftOut?: boolean;
}

/** Nobody types a line of this length: it is data, or code for machines. */
const maxLineChars = 500;

/** Why the policy should not even be asked at a place; `undefined` when it should. */
export function reasonNotToAsk(
  place: Pick<CompletionRequest, 'prefix' | 'suffix' | 'languageId' | 'trigger'>,
  rules: AskingRules,
): NoCompletionReason | undefined {
  const { isEnabled, languages } = rules;
  const isLanguageOn = languages[place.languageId] ?? languages['*'] ?? true;
  if (!isEnabled || !isLanguageOn) return 'disabled';
  const reason = place.trigger === 'automatic' ? reasonNotToOffer(place, rules) : undefined;
  if (reason !== undefined) return reason;
  const line = cursorLineOf(normaliseContext(place));
  if (isMidWord(line)) return 'midWord';
  const isUnread = place.trigger === 'automatic' && line.before.length > maxLineChars;
  return isUnread ? 'disabled' : undefined;
}

/** Why nothing is offered that the user did not ask for by a command. */
function reasonNotToOffer(
  { prefix, languageId }: Pick<CompletionRequest, 'prefix' | 'languageId'>,
  { isOnlyWhenAsked = false, isSnoozed = false, isProseLeftOut = false }: AskingRules,
): NoCompletionReason | undefined {
  if (isSnoozed) return 'snoozed';
  if (isOnlyWhenAsked) return 'onlyWhenAsked';
  return isProseLeftOut && isProse(prefix, languageId) ? 'prose' : undefined;
}
