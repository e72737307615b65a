import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ShownAlternative, ToPage } from '../../src/editor/rank/rankMessages.ts';
import { tellPage, useWebviewPage } from './webviewPages.ts';
import { artifactsFolder } from './workbench.ts';

/* The page of the side panel 'Rank Alternatives', in Chromium without VS Code: it is told what it shows. */

const openAt = useWebviewPage(
  'rankAlternatives',
  '--vscode-diffEditor-insertedTextBackground: rgb(0, 100, 0); --vscode-diffEditor-removedTextBackground: rgb(100, 0, 0);',
);

const place = {
  ...{ title: 'prices.ts:3', languageId: 'typescript', lineAbove: 'const n = 1;' },
  ...{ lineBefore: '  const total: number = sum(', lineBehind: '); // all of them' },
};

const right: ShownAlternative = { text: 'n);', replacedChars: 2, findings: ['parses'] };
const wrong: ShownAlternative = { text: '"a"', replacedChars: 0, findings: [] };

async function openPage(): Promise<Page> {
  const page = await openAt(320);
  await tell(page, { kind: 'asking', round: 1, place });
  return page;
}

const tell: (page: Page, message: ToPage) => Promise<void> = tellPage;

/** All that has come by now, by slot. */
function showing(
  alternatives: readonly (ShownAlternative | null)[],
  more: Partial<Extract<ToPage, { kind: 'alternatives' }>> = {},
): ToPage {
  return {
    ...{ kind: 'alternatives', round: 1, place, alternatives: [...alternatives], isWriting: true },
    ...more,
  };
}

it('marks in the line what comes and what goes', async () => {
  const page = await openPage();
  await tell(page, showing([null, right]));
  const code = page.locator('.card code');
  await code.waitFor();
  const [before, behind] = ['const total: number = sum(', ' // all of them'];
  expect(await code.locator('> *').allTextContents()).toEqual([before, 'n);', ');', behind]);
  expect(await code.locator('> ins, > del').allTextContents()).toEqual(['n);', ');']);
  const colourOf = (tag: string) =>
    page.evaluate(`getComputedStyle(document.querySelector('.card ${tag}')).backgroundColor`);
  // What VS Code lays behind a change, less strong: code in the colours of a theme has to stay legible on it.
  const colours = [await colourOf('ins'), await colourOf('del')];
  expect(colours).toEqual(['color(srgb 0 0.392157 0 / 0.6)', 'color(srgb 0.392157 0 0 / 0.6)']);
  await page.screenshot({ path: join(artifactsFolder, 'rank page marks.png') });
  await page.close();
});

it('fits the narrowest side bar, with all badges', async () => {
  const page = await openPage();
  await page.setViewportSize({ width: 170, height: 900 });
  const types = { kind: 'unchecked', why: 'It does not parse.' } as const;
  await tell(page, showing([{ ...wrong, findings: ['breaksSyntax', 'repeatsCode'], types }, null]));
  await page.locator('.card').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(170);
  await page.close();
});

it('says why there are fewer than there was room for, once no more come', async () => {
  const page = await openPage();
  await tell(page, showing([null, right]));
  await page.locator('.card').waitFor();
  const why = page.getByText('What else the model wrote is like what stands here, or nothing.');
  expect(await why.count()).toBe(0);
  await tell(page, showing([null, right], { isWriting: false }));
  await why.waitFor();
  await page.screenshot({ path: join(artifactsFolder, 'rank page fewer.png') });
  await page.close();
  const full = await openPage();
  await tell(full, showing([wrong, right], { isWriting: false }));
  await full.locator('.card').nth(1).waitFor();
  expect(await full.locator('.busy').or(full.getByText('What else the model wrote')).count()).toBe(0);
  await full.close();
});

it('has the keys on the first that comes, and leaves them there when others do', async () => {
  const page = await openPage();
  await tell(page, showing([null, right]));
  await page.locator('.card[data-index="1"]:focus').waitFor();
  await page.keyboard.press('1');
  await tell(page, showing([wrong, { ...right, text: 'n);\n  log(total);' }], { isWriting: false }));
  await page.locator('.card').nth(1).waitFor();
  await page.locator('.ranked .card[data-index="1"]:focus').waitFor();
  expect(await page.locator('.ranked ins').textContent()).toBe('n);\nlog(total);');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('1');
  await page.keyboard.press('Enter');
  expect(await page.locator('.ranked .card').count()).toBe(2);
  expect(await page.evaluate('sent')).toEqual([{ kind: 'ready' }, { kind: 'insert', round: 1, index: 0 }]);
  await page.close();
});

it('takes the keys from nothing else in the page', async () => {
  const page = await openPage();
  await tell(page, showing([null, right]));
  await page.locator('vscode-textarea').click();
  await tell(page, showing([wrong, right], { isWriting: false }));
  await page.locator('.card').nth(1).waitFor();
  expect(await page.locator('.card:focus').count()).toBe(0);
  await page.close();
});

it('says what an alternative does to the types, or why that is not known', async () => {
  const page = await openPage();
  const checked = (count: number, first: string) => ({ kind: 'checked', count, first }) as const;
  const all: ShownAlternative[] = [
    { ...right, types: checked(0, '') },
    { ...wrong, types: checked(1, 'A string is no number.') },
    { ...wrong, types: { kind: 'unchecked', why: 'It does not parse.' } },
    wrong,
  ];
  await tell(page, showing(all, { isWriting: false }));
  await page.locator('.card').nth(3).waitFor();
  const badges = await page.locator('.badge:not(.parses)').all();
  const said = badges.map(async (one) => `${await one.textContent()}: ${await one.getAttribute('title')}`);
  expect(await Promise.all(said)).toEqual([
    'no type errors: It adds no type errors to the document.',
    '1 type error: A string is no number.',
    'types not checked: It does not parse.',
  ]);
  const why = 'Nobody checks that language.';
  expect(await page.getByText(why).count()).toBe(0);
  await tell(page, showing([wrong], { round: 2, whyTypesUnchecked: why }));
  await page.getByText(why).waitFor();
  await page.close();
});

it('says of an alternative that has grown what is known of all of it, no longer what was of its first line', async () => {
  const page = await openPage();
  const types = (count: number) => ({ kind: 'checked', count, first: 'No.' }) as const;
  const badge = page.locator('.card .badge');
  await tell(page, showing([{ ...wrong, types: types(0) }]));
  await badge.getByText('no type errors').waitFor();
  await tell(page, showing([{ ...right, text: 'n);\n  log(', types: types(2), findings: [] }]));
  await page.getByText('log(').waitFor();
  expect(await badge.allTextContents()).toEqual(['2 type errors']);
  await tell(page, showing([{ ...right, findings: ['breaksSyntax'] }], { isWriting: false }));
  await badge.getByText('breaks syntax').waitFor();
  expect(await badge.count()).toBe(1);
  await page.close();
});

it('lets a ranking be stored as soon as it may be, and no longer than that', async () => {
  const page = await openPage();
  const why = 'Nobody has said so yet.';
  const save = (state: string) => page.locator(`vscode-button${state}`, { hasText: 'Save Ranking' });
  const [closed, open] = [save('[disabled]'), save(':not([disabled])')];
  await tell(page, showing([null, right], { whyNotStored: why }));
  await page.locator('vscode-textarea').click();
  await page.keyboard.type('n);');
  await page.getByText(why).waitFor();
  await closed.waitFor();
  await tell(page, showing([wrong, right], { isWriting: false }));
  await page.locator('.warning').waitFor({ state: 'hidden' });
  await open.waitFor();
  await tell(page, showing([wrong, right], { isWriting: false, whyNotStored: why }));
  await page.getByText(why).waitFor();
  await closed.waitFor();
  await page.close();
});

it('asks for one insertion, by a double click and where Enter is held', async () => {
  const page = await openPage();
  const inserted = "sent.filter(({ kind }) => kind === 'insert').length";
  await tell(page, showing([wrong, right], { isWriting: false }));
  await page.getByText('Insert').first().dblclick();
  expect(await page.evaluate(inserted)).toBe(1);
  await page.locator('.card').first().focus();
  for (const key of ['Enter', 'Enter']) await page.keyboard.down(key);
  expect(await page.evaluate(inserted)).toBe(2);
  await page.close();
});

it('says why an answer was not stored until another is given, and keeps what stands in the form', async () => {
  const page = await openPage();
  const why = 'Not stored: a text with something like a key.';
  const alert = page.getByRole('alert');
  await tell(page, showing([wrong], { isWriting: false }));
  await page.locator('vscode-textarea').click();
  await page.keyboard.type('key');
  await tell(page, { kind: 'notDone', round: 2, message: 'Of another round.' });
  await tell(page, { kind: 'notDone', round: 1, message: why });
  await alert.waitFor();
  expect(await alert.textContent()).toBe(why);
  await page.keyboard.type('s');
  await alert.waitFor({ state: 'hidden' });
  await page.locator('vscode-button:not([disabled])', { hasText: 'Save Ranking' }).click();
  expect(await page.evaluate('sent.at(-1)')).toMatchObject({ kind: 'save', answer: { ownText: 'keys' } });
  await page.close();
});

it('sends an own text of several lines as it was typed: the extension knows how deep its place is', async () => {
  const page = await openPage();
  await tell(page, showing([wrong], { isWriting: false }));
  await page.locator('vscode-textarea').click();
  await page.keyboard.type('[\n  1,\n]');
  await page.locator('vscode-button', { hasText: 'Save Ranking' }).click();
  expect(await page.evaluate('sent.at(-1)')).toMatchObject({
    answer: { ownText: '[\n  1,\n]' },
  });
  await page.close();
});

it('keeps an own text for who asks again at the same place, until it is saved', async () => {
  const page = await openPage();
  const isEmpty = () => page.evaluate("document.querySelector('vscode-textarea').value === ''");
  await tell(page, showing([wrong], { isWriting: false }));
  await page.locator('vscode-textarea').click();
  await page.keyboard.type('mine');
  const ask = async (round: number, at = place) => {
    await tell(page, { kind: 'asking', round, place: at });
    await tell(page, showing([right], { round, place: at }));
    await page.locator('.card').waitFor();
  };
  await ask(2);
  await page.locator('vscode-button:not([disabled])', { hasText: 'Save Ranking' }).click();
  expect(await page.evaluate('sent.at(-1)')).toMatchObject({ round: 2, answer: { ownText: 'mine' } });
  await ask(3, { ...place, title: 'prices.ts:9' });
  expect(await isEmpty()).toBe(true);
  await ask(4);
  await page.locator('vscode-textarea').click();
  await page.keyboard.type('mine');
  await tell(page, { kind: 'saved', round: 4, message: 'Saved.' });
  await ask(5);
  expect(await isEmpty()).toBe(true);
  await page.close();
});
