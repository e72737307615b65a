import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { DataDetail, DataRow, ToDataPage } from '../../src/editor/stored/dataMessages.ts';
import { tellPage, useWebviewPage } from './webviewPages.ts';

/* The page 'What Is Stored', in Chromium without VS Code: it is told what it shows. */

const openAt = useWebviewPage('dataView');

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
