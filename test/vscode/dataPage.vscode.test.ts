import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { DataDetail, DataRow, ToDataPage } from '../../src/editor/stored/dataMessages.ts';
import { tellPage, useWebviewPage } from './webviewPages.ts';

/* The page 'What Is Stored', in Chromium without VS Code: it is told what it shows. */

const openAt = useWebviewPage('dataView', '--vscode-contrastActiveBorder: rgb(200, 100, 0);');

const tell: (page: Page, message: ToDataPage) => Promise<void> = tellPage;

function row(id: string): DataRow {
  return {
    ...{ id, when: '–', file: 'a.ts', documentUri: 'file:///a.ts', group: 'refused', isCorrected: false },
    ...{ fate: 'dismissed', text: `text of ${id}` },
  };
}

function detail(id: string, correction?: DataDetail['correction']): ToDataPage {
  const lists = { texts: [], reasons: [], lessons: [] };
  const known = { languageId: 'typescript', promptTail: '', isCorrectable: true, isDated: true };
  return { kind: 'detail', detail: { ...row(id), ...lists, ...known, correction, learners: 'None.' } };
}

function showing(rows: DataRow[], more: Partial<Extract<ToDataPage, { kind: 'rows' }>> = {}): ToDataPage {
  const counts = { offset: 0, matching: rows.length, total: rows.length };
  return { kind: 'rows', list: 'records', rows, ...counts, isReading: false, notStored: '', ...more };
}

it('leaves the keys on a correction that was made by them', async () => {
  const page = await openAt(900);
  await tell(page, showing([row('c1'), row('c2')]));
  await page.locator('tbody tr').first().click();
  await tell(page, detail('c1'));
  await page.getByLabel('As observed').focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => page.evaluate('sent.at(-1)')).toEqual({ kind: 'correct', id: 'c1', label: 'kept' });
  await tell(page, showing([row('c1'), row('c2')]));
  await tell(page, detail('c1', 'kept'));
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => page.evaluate('sent.at(-1)')).toMatchObject({ label: 'refused' });
  await page.close();
});

it('forgets one record at a press of the key, however long it is held', async () => {
  const page = await openAt(900);
  await tell(page, showing([row('c1'), row('c2')]));
  await page.locator('tbody tr').first().click();
  for (const key of ['Delete', 'Delete', 'Backspace']) await page.keyboard.down(key);
  expect(await page.evaluate("sent.filter(({ kind }) => kind === 'forget').length")).toBe(2);
  await page.close();
});

it('goes on by keys in the list where the button for forgetting a record was', async () => {
  const page = await openAt(900);
  await tell(page, showing([row('c1'), row('c2'), row('c3')]));
  await page.locator('tbody tr').nth(1).click();
  await tell(page, detail('c2'));
  await page.getByRole('button', { name: 'Forget This Record' }).press('Enter');
  await expect.poll(() => page.evaluate('sent.at(-1)')).toMatchObject({ kind: 'forget', id: 'c2' });
  await tell(page, showing([row('c1'), row('c3')]));
  await tell(page, { kind: 'done', sentence: 'Forgotten.', canUndo: true, canRetrain: false });
  await page.locator('tr:focus', { hasText: 'text of c3' }).waitFor();
  await page.close();
});

it('marks the selected record where a theme has no ground for it', async () => {
  const page = await openAt(900);
  await tell(page, showing([row('c1'), row('c2')]));
  await page.locator('tbody tr').first().click();
  await page.getByPlaceholder('Search file, text, outcome').click();
  const outlines = "[...document.querySelectorAll('tbody tr')].map((row) => getComputedStyle(row).outline)";
  expect(await page.evaluate(outlines)).toEqual([
    'rgb(200, 100, 0) dotted 1px',
    expect.stringContaining('none'),
  ]);
  await page.close();
});

it('leaves the text of a record room where the tab is narrow', async () => {
  const page = await openAt(420);
  await tell(page, showing([row('c1')]));
  const text = page.locator('td.text');
  await text.waitFor();
  expect((await text.boundingBox())?.width).toBeGreaterThan(100);
  await page.close();
});
