import { describe, expect, it } from 'vitest';
import type { NoCompletionReason } from '../../../src/completion/completion.ts';
import { reasonNotToAsk, type AskingRules } from '../../../src/completion/asking/whenToAsk.ts';
import { cursorText } from '../../support/cursorText.ts';

describe('reasonNotToAsk', () => {
  const check = (
    why: string,
    at: string,
    expected: NoCompletionReason | undefined,
    changes: Partial<AskingRules> & { languageId?: string; trigger?: 'automatic' | 'invoked' } = {},
  ): void => {
    it(why, () => {
      const { languageId = 'typescript', trigger = 'automatic', ...rules } = changes;
      const place = { ...cursorText(at), languageId, trigger };
      expect(reasonNotToAsk(place, { isEnabled: true, languages: {}, ...rules })).toBe(expected);
    });
  };

  const long = 'x'.repeat(501);
  check('asks at the end of a line', 'a = █', undefined);
  check('asks before closing characters of any line end', 'f(█)\r\n', undefined);
  check('does not ask inside a word', 'con█st', 'midWord');
  check('does not ask when it is off', 'a = █', 'disabled', { isEnabled: false });
  check('does not ask where its language is off', 'a = █', 'disabled', { languages: { typescript: false } });
  check('asks where only others are off', 'a = █', undefined, { languages: { markdown: false } });
  check('follows the rule for all other languages', 'a = █', 'disabled', { languages: { '*': false } });
  check('puts a language before the rule for all', 'a = █', undefined, {
    languages: { '*': false, typescript: true },
  });
  check('does not ask in a line too long to read', `${long}█`, 'disabled');
  check('asks there when the user does', `${long}█`, undefined, { trigger: 'invoked' });
  check('does not ask by itself where only the user does', 'a = █', 'onlyWhenAsked', {
    isOnlyWhenAsked: true,
  });
  check('does not ask by itself for a while', 'a = █', 'snoozed', { isSnoozed: true, isOnlyWhenAsked: true });
  check('does not ask in a comment', '// the █', 'prose', { isProseLeftOut: true });
  check('asks in code all the same', 'a = █', undefined, { isProseLeftOut: true });
  check('asks in a comment where that is wanted', '// the █', undefined);
  check('asks when the user does, whatever it may offer by itself', '// the █', undefined, {
    ...{ isOnlyWhenAsked: true, isSnoozed: true, isProseLeftOut: true },
    trigger: 'invoked',
  });
  check('stays off even when the user asks', 'a = █', 'disabled', { isEnabled: false, trigger: 'invoked' });
});
