import { expect, it } from 'vitest';
import type { CompletionId } from '../../../src/completion/completion.ts';
import type { AskedAt } from '../../../src/feedback/following/editorEvent.ts';
import { RecordedPrompts } from '../../../src/feedback/following/recordedPrompts.ts';

function askedBehind(text: string, offset = text.length): AskedAt {
  return {
    atMs: 0,
    documentUri: 'file:///a.ts',
    languageId: 'typescript',
    offset,
    prefix: text,
    suffix: '\n',
  };
}

function answer(text: string, id = 'c1') {
  return { id: id as CompletionId, text, replacedChars: 0 };
}

it('begins where the completion was offered first, also when only its rest is offered', () => {
  const prompts = new RecordedPrompts();
  prompts.beginningOf(askedBehind('a = '), answer('foo()'));
  const { asked, ...beginning } = prompts.beginningOf(askedBehind('a = fo'), answer('o()'));
  expect(asked).toEqual(askedBehind('a = '));
  expect(beginning).toEqual({ answer: answer('foo()'), typedText: 'fo', isPromptsEnd: true });
});

it('counts the offset in the document, of which a prompt may show less, or other cells before it', () => {
  const prompts = new RecordedPrompts();
  prompts.beginningOf(askedBehind('above a = ', 4), answer('foo()'));
  const { asked } = prompts.beginningOf(askedBehind('above a = fo', 6), answer('o()'));
  expect(asked).toEqual(askedBehind('above a = ', 4));
});

it('says what was offered where nothing is any more, with all lines that came later', () => {
  const prompts = new RecordedPrompts();
  prompts.beginningOf(askedBehind('a = '), answer('['));
  prompts.grow('c1' as CompletionId, '[\n]');
  expect(prompts.beginningOf(askedBehind('a = '), answer('')).answer).toEqual(answer('[\n]'));
});

it.each([
  ['lies behind the cursor', 'a = f', 'a = '],
  ['lies further back than what is known', '', 'foo'],
])('knows no text from a prompt on that %s', (_, first, again) => {
  const prompts = new RecordedPrompts();
  prompts.beginningOf(askedBehind(first), answer('x', 'c1'));
  const asked = { ...askedBehind(again), prefix: again.slice(-2) };
  expect(prompts.beginningOf(asked, answer('y'))).toEqual({
    ...{ asked, answer: answer('y') },
    ...{ typedText: '', isPromptsEnd: false },
  });
});

it('forgets the prompts that were not used for the longest time', () => {
  const prompts = new RecordedPrompts();
  prompts.beginningOf(askedBehind('a'), answer('first'));
  prompts.beginningOf(askedBehind('a'), answer('second', 'c2'));
  for (let i = 0; i < 499; i++) {
    prompts.beginningOf(askedBehind('a'), answer(''));
    prompts.beginningOf(askedBehind('a'), answer('other', `o${i}`));
  }
  const typedOf = (id: string) => prompts.beginningOf(askedBehind('ab'), answer('x', id)).typedText;
  expect([typedOf('c1'), typedOf('c2')]).toEqual(['b', '']);
});
