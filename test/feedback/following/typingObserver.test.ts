import { expect, it } from 'vitest';
import { TypingObserver } from '../../../src/feedback/following/typingObserver.ts';
import { MemoryFeedbackStore } from '../memoryFeedbackStore.ts';

/* What it takes for a demonstration is in the recorded sessions (../replay). */

it('keeps of a cell in a notebook what stands around it, as far as a demonstration goes', () => {
  const sink = new MemoryFeedbackStore();
  let text = 'a = 1\n\nb = 2';
  const observer = new TypingObserver({
    sink,
    readDocument: () => ({ languageId: 'python', text, above: 'import math\n\n', below: '\n\nprint(a)' }),
    contextChars: 13,
    newId: () => 'd',
  });
  for (const [i, insertedText] of Array.from('math.pi\n').entries()) {
    const offset = 6 + i;
    text = text.slice(0, offset) + insertedText + text.slice(offset);
    const changes = [{ offset, deletedChars: 0, insertedText }];
    observer.handle({ kind: 'edited', atMs: i, documentUri: 'vscode-notebook-cell:/a.ipynb#1', changes });
  }
  expect(sink.demonstrations()).toMatchObject([
    { text: 'math.pi', offset: 6, prefix: ' math\n\na = 1\n', suffix: '\nb = 2\n\nprint' },
  ]);
});
