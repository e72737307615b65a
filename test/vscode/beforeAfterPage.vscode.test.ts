import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ToBeforeAfter } from '../../src/editor/learning/beforeAfterMessages.ts';
import { tellPage, useWebviewPage } from './webviewPages.ts';

/* The page 'Before and After Feedback', in Chromium without VS Code: it is told what it shows. */

const openAt = useWebviewPage('beforeAfter');

const tell: (page: Page, message: ToBeforeAfter) => Promise<void> = tellPage;

it('shows no answer under the name of a policy that did not give it', async () => {
  const page = await openAt(900);
  // Who asks before the model is loaded gets an answer all the same.
  await page.getByText('A sum').click();
  const askAgain = 'Another policy serves by now: ask again.';
  const answers = page.locator('section pre');
  expect(await answers.allTextContents()).toEqual(['Writing…', 'Writing…']);
  await tell(page, { kind: 'policies', before: 'tiny', after: 'first' });
  await tell(page, { kind: 'answer', run: 1, side: 'after', text: 'four' });
  await answers.getByText('four').waitFor();
  await tell(page, { kind: 'policies', before: 'tiny', after: 'first' });
  await tell(page, { kind: 'answer', run: 1, side: 'before', text: 'five' });
  await answers.getByText('five').waitFor();
  expect(await answers.allTextContents()).toEqual(['five', 'four']);
  await tell(page, { kind: 'policies', before: 'tiny', after: 'second' });
  await page.getByText('second').waitFor();
  expect(await answers.allTextContents()).toEqual([askAgain, askAgain]);
  await page.getByText('A sum').click();
  await tell(page, { kind: 'policies', before: 'tiny', after: 'third' });
  await tell(page, { kind: 'answer', run: 3, side: 'after', text: 'of the second' });
  await tell(page, { kind: 'policies', before: 'tiny', after: 'fourth' });
  await page.getByText('fourth').waitFor();
  expect(await answers.allTextContents()).toEqual([askAgain, askAgain]);
  await page.close();
});
