import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { openFeedbackReader } from '../../src/feedback/storing/sqliteFeedbackReader.ts';
import { openFeedbackStore } from '../../src/feedback/storing/sqliteFeedbackStore.ts';
import { dataPathsIn } from '../../src/process/dataFolder.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import {
  askedAt,
  completion,
  demonstration,
  keptBy,
  ranking,
  refusedFor,
} from '../trainer/feedbackRecords.ts';
import { fittingAdapter } from '../trainer/savedAdapter.ts';
import { freezeAtStart } from './frozenProcess.ts';
import { readStore, useProduct } from './product.ts';

const minuteNow = Math.floor(Date.UTC(2030, 0, 2, 12) / 60_000);
const lists = 'file:///work/src/lists.py';
const sums = 'file:///work/src/sums.py';
const secret = 'mean_of_three';

/** A model of 35 KB, whose adapters serve in a moment. */
const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

/** Filler, so that the list has several pages. */
const fillerCount = 230;

let stored: Promise<void> | undefined;
const vscode = useProduct({
  settings: {
    'workbench.colorTheme': 'Default Dark Modern',
    ...{ 'attune.model': tiny, 'attune.maxPromptTokens': 64, 'attune.maxNewTokens': 8 },
  },
  prepare: (dataFolder) => {
    stored = fill(dataFolder);
  },
});

async function fill(dataFolder: string): Promise<void> {
  const { store } = openFeedbackStore(join(dataFolder, 'feedback.sqlite'), 0);
  const at = (minutesAgo: number, documentUri: string, text = 'def mean(numbers):\n    total = █\n') => ({
    ...askedAt(text, minuteNow - minutesAgo, documentUri),
    languageId: 'python',
  });
  store.addCompletion(completion(at(1, lists), 'sum(numbers)', { ...keptBy(1), finalText: 'sum(numbers)' }));
  store.addCompletion(completion(at(2, lists), 'max(numbers)', refusedFor('sum(numbers)')));
  store.addCompletion(completion(at(3, sums), `${secret}(numbers)`, keptBy(1)));
  store.addRanking(
    ranking(at(4, sums), [
      ['len(numbers)', 1],
      ['0', 2],
    ]),
  );
  store.addDemonstration(demonstration(at(5, sums), 'numbers[0]'));
  for (let i = 0; i < fillerCount; i++) {
    const outcome = { kind: 'unseen', shownMs: 40 } as const;
    const evidence = { kind: 'inferred', why: 'It was replaced after 40 ms.' } as const;
    store.addCompletion(completion(at(2000 + i, lists), `filler_${i}`, { outcome, evidence, shownMs: 40 }));
  }
  store.close();
  const adapters = new AdapterStore(join(dataFolder, 'adapters'));
  const learnedFrom = [completion(at(3, sums), `${secret}(numbers)`).id];
  const fitting = (id: string) => fittingAdapter({ model: tiny, folder: tiny }, id);
  await adapters.save({ ...(await fitting('2030-01-01-older')), learnedFrom: [] });
  await adapters.save({ ...(await fitting('2030-01-02-newer')), learnedFrom });
  await adapters.promote('2030-01-02-newer' as AdapterId);
}

const view = () => vscode().workbench.webview();
const rows = () => view().locator('tbody tr');

it('shows every record, newest first, and goes through its pages', async () => {
  const { workbench } = vscode();
  await stored;
  // The palette does not learn of commands that come while it is open.
  await workbench.statusBarItem('Attune').waitFor();
  await workbench.runCommand('Attune: Show What Is Stored');
  await view()
    .getByText(`1 to 100 of ${fillerCount + 5}`, { exact: true })
    .waitFor();
  expect(await rows().first().innerText()).toMatch(/lists\.py\s+sum\(numbers\)\s+wanted/);
  await view().getByRole('button', { name: 'Older' }).click();
  await view().getByText('101 to 200 of 235', { exact: true }).waitFor();
  await view().getByRole('button', { name: 'Newer' }).click();
  await view().getByText('1 to 100 of 235', { exact: true }).waitFor();
});

it('shows one record by keyboard, with what is sure, what is inferred, and what it teaches', async () => {
  const { workbench } = vscode();
  await rows().first().click();
  await workbench.press('ArrowDown');
  const detail = view().getByRole('region', { name: 'The selected record' });
  await detail.getByText('max(numbers)').first().waitFor();
  await detail.getByText('It was dismissed: The dismiss command ran.').waitFor();
  await detail.getByText('That “sum(numbers)” is better than “max(numbers)”.').waitFor();
  await detail.getByText('No adapter learned from it.').waitFor();
  await workbench.screenshot('data dark');
});

it('corrects what was observed, and takes it back', async () => {
  const { workbench } = vscode();
  const of = () => readStore(vscode()).completions.find(({ text }) => text === 'max(numbers)');
  await view().getByLabel('I wanted it').check();
  await view().getByText('You corrected that: you wanted it.').waitFor();
  await view().getByText('To write “max(numbers)” here.').waitFor();
  expect(of()).toMatchObject({ outcome: { kind: 'dismissed' }, correction: { label: 'kept' } });
  await view()
    .getByRole('row', { name: /max\(numbers\).*wanted ✎/ })
    .waitFor();
  await workbench.screenshot('data corrected');
  await view().getByLabel('As observed').check();
  await view().getByText('That “sum(numbers)” is better than “max(numbers)”.').waitFor();
  expect(of()).not.toHaveProperty('correction');
});

it('finds by words and by kind', async () => {
  const { workbench } = vscode();
  await view().getByPlaceholder('Search file, text, outcome').click();
  await workbench.type('sums mean');
  await view().getByText('1 to 1 of 1 found in 235', { exact: true }).waitFor();
  await view().getByLabel('What to show').selectOption('ranking');
  await view().getByText('Nothing fits the search.').waitFor();
  await view().getByPlaceholder('Search file, text, outcome').fill('');
  await view().getByText('1 to 1 of 1 found in 235', { exact: true }).waitFor();
  await view().getByLabel('What to show').selectOption('all');
});

it('lists what a retraining learns from all of it, each with its reason, and finds by any of that', async () => {
  const { workbench } = vscode();
  const show = (group: string) => view().getByLabel('What to show').selectOption(group);
  await show('preferences');
  await view().getByRole('columnheader', { name: 'Better' }).waitFor();
  await view().getByText('1 to 6 of 6', { exact: true }).waitFor();
  await workbench.screenshot('data preferences');
  await view().getByPlaceholder('Search file, text, outcome').fill('sums rank');
  await view().getByText('1 to 1 of 1 found in 6', { exact: true }).waitFor();
  expect(await rows().first().innerText()).toMatch(
    /len\(numbers\)\s+0\s+sure You gave it rank 1, the other 2\./,
  );
  await view().getByPlaceholder('Search file, text, outcome').fill('');
  await view().getByText('1 to 6 of 6', { exact: true }).waitFor();
  await rows().nth(1).click();
  await workbench.press('ArrowDown');
  await view().getByPlaceholder('Search file, text, outcome').fill('lists');
  await view().getByText('1 to 4 of 4 found in 6', { exact: true }).waitFor();
  // Three of them are of the same record.
  const selected = (await rows().all()).map((row) => row.getAttribute('aria-selected'));
  expect(await Promise.all(selected)).toEqual(['false', 'false', 'true', 'false']);
  await view().getByPlaceholder('Search file, text, outcome').fill('');
  const detail = view().getByRole('region', { name: 'The selected record' });
  await detail.getByText('It was dismissed: The dismiss command ran.').waitFor();
  await show('demonstrations');
  await view().getByRole('columnheader', { name: 'What belongs there' }).waitFor();
  await view().getByText('1 to 4 of 4', { exact: true }).waitFor();
  await workbench.screenshot('data demonstrations');
  expect(await rows().last().innerText()).toMatch(/numbers\[0\]\s+100 %\s+sure You typed it\./);
  await show('all');
  await view()
    .getByText(`1 to 100 of ${fillerCount + 5}`, { exact: true })
    .waitFor();
});

it('forgets a record without a trace, says who learned from it, and can undo', async () => {
  const { workbench, scratchFolder } = vscode();
  const bytes = () =>
    readdirSync(scratchFolder)
      .filter((name) => name.startsWith('feedback.sqlite'))
      .map((name) => readFileSync(join(scratchFolder, name), 'latin1'))
      .join('');
  await view()
    .getByRole('row', { name: new RegExp(secret) })
    .click();
  await view().getByText('Learned from it: 2030-01-02-newer.').waitFor();
  expect(bytes()).toContain(secret);
  await view().getByRole('button', { name: 'Forget This Record' }).click();
  await view().getByText('Adapter 2030-01-02-newer learned from that, which stays in it.').waitFor();
  await view().getByRole('button', { name: 'Roll Back and Retrain Without It' }).waitFor();
  expect(bytes()).not.toContain(secret);
  await workbench.screenshot('data forgotten');
  await view().getByRole('button', { name: 'Undo' }).click();
  await view()
    .getByRole('row', { name: new RegExp(secret) })
    .waitFor();
  expect(bytes()).toContain(secret);
});

it('forgets by a key, and goes on at the record that took the place', async () => {
  const { workbench } = vscode();
  await view()
    .getByRole('row', { name: new RegExp(secret) })
    .click();
  await workbench.press('Delete');
  await view().locator('tr[aria-selected="true"]:focus', { hasText: 'len(numbers)' }).waitFor();
  await view().getByRole('button', { name: 'Undo' }).click();
  await view()
    .getByRole('row', { name: new RegExp(secret) })
    .waitFor();
});

it('forgets a file after a question that says how much it is, and a day not before it is answered', async () => {
  const { workbench } = vscode();
  const dialog = workbench.page.locator('.monaco-dialog-box');
  await view()
    .getByRole('row', { name: new RegExp(secret) })
    .click();
  await view().getByRole('button', { name: 'Forget All of sums.py…' }).click();
  await dialog.getByText('Forget 3 records of sums.py?').waitFor();
  await dialog.getByRole('button', { name: 'Forget', exact: true }).click();
  await view().getByText('3 records of sums.py are forgotten.').waitFor();
  await rows().first().click();
  await view().getByRole('button', { name: 'Forget This Day…' }).click();
  await dialog.getByText(/Forget 2 records of /).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(readStore(vscode()).completions).toHaveLength(fillerCount + 2);
});

it('writes all of it to a file and takes it in again, in a process of its own', async () => {
  const { workbench, workspaceFolder } = vscode();
  const count = fillerCount + 2;
  const file = join(workspaceFolder, 'feedback.jsonl');
  await workbench.runCommand('Attune: Export Feedback');
  // The page had the focus before the command palette, and may take it back.
  await view().getByPlaceholder('Search file, text, outcome').focus();
  await workbench.pick('Every record as it is');
  await workbench.answerFileDialog(file);
  await workbench.waitForNotification(`${count} records were written to ${file}.`);
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(count);
  await workbench.runCommand('Attune: Import Feedback');
  await workbench.answerFileDialog(file);
  await workbench.waitForNotification(`${count} were stored already.`);
  expect(readStore(vscode()).completions).toHaveLength(count);
});

/** The process starts, at low priority on a busy machine. */
const exchangeMs = 120_000;

/** Answers the file dialog, and presses Cancel while the process that was started for it has done nothing yet. */
async function cancelExchange(file: string): Promise<void> {
  const { workbench } = vscode();
  const freezing = freezeAtStart('trainer.mjs', vscode(), exchangeMs);
  await workbench.answerFileDialog(file);
  const thaw = await freezing;
  try {
    await workbench.pressNotificationButton('Cancel');
  } finally {
    thaw();
  }
  await expect.poll(() => workbench.notifications(), { timeout: exchangeMs }).toEqual([]);
}

describe.skipIf(process.platform !== 'linux')('cancelled,', () => {
  it('an export leaves no file', async () => {
    const { workbench, workspaceFolder } = vscode();
    await workbench.runCommand('Notifications: Clear All Notifications');
    const file = join(workspaceFolder, 'cancelled.jsonl');
    await workbench.runCommand('Attune: Export Feedback');
    await view().getByPlaceholder('Search file, text, outcome').focus();
    await workbench.pick('Every record as it is');
    await cancelExchange(file);
    expect(readdirSync(workspaceFolder).filter((name) => name.startsWith('cancelled'))).toEqual([]);
  });

  it('an import stores nothing, and the same file can be taken in afterwards', async () => {
    const { workbench, workspaceFolder, scratchFolder } = vscode();
    const file = join(workspaceFolder, 'one.jsonl');
    writeFileSync(file, JSON.stringify({ prompt: 'total = ', completion: 'sum(numbers)' }));
    const importedCount = () => {
      const reader = openFeedbackReader(join(scratchFolder, 'feedback.sqlite'));
      const { length } = reader.imported();
      reader.close();
      return length;
    };
    await workbench.runCommand('Attune: Import Feedback');
    await cancelExchange(file);
    expect(importedCount()).toBe(0);
    await workbench.runCommand('Attune: Import Feedback');
    await workbench.answerFileDialog(file);
    await workbench.waitForNotification(`1 record was imported from ${file}.`);
    expect(importedCount()).toBe(1);
  });
});

it('says what is never stored, in the colours of the theme', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
  await view().locator('body.vscode-light').waitFor();
  await view().getByText('What is never stored, and why').click();
  await view().getByText('Files that Git ignores').waitFor();
  await view().getByText('a file .attuneignore with the rules of .gitignore').waitFor();
  await workbench.page.waitForTimeout(themeMs);
  await workbench.screenshot('data light');
});

it('goes back to a policy that did not learn from what is forgotten, and retrains, at the press of a button', async () => {
  const { workbench, scratchFolder } = vscode();
  await workbench.runCommand('Notifications: Clear All Notifications');
  await view().getByRole('button', { name: 'Roll Back and Retrain Without It' }).click();
  await workbench.waitForNotification('From now on adapter 2030-01-01-older serves.');
  const adapters = new AdapterStore(join(scratchFolder, 'adapters'));
  expect((await adapters.serving()).adapterId).toBe('2030-01-01-older');
  // A model of 35 KB learns sooner than the status bar says so; what stays is a checkpoint, then an adapter.
  const hasLearned = async () =>
    existsSync(dataPathsIn(scratchFolder).checkpoint) || (await adapters.list()).length > 2;
  await expect.poll(hasLearned, { timeout: retrainMs }).toBe(true);
  await workbench.screenshot('data retrains without');
});

it('forgets a day: its records are gone from the table and the store, and all others are there', async () => {
  const { workbench } = vscode();
  const dialog = workbench.page.locator('.monaco-dialog-box');
  await rows().first().click();
  await view().getByRole('button', { name: 'Forget This Day…' }).click();
  await dialog.getByText(/Forget 2 records of /).waitFor();
  await dialog.getByRole('button', { name: 'Forget', exact: true }).click();
  await view()
    .getByText(/^2 records of .* are forgotten\./)
    .waitFor();
  await view()
    .getByText(/^1 to 100 of 231$/)
    .waitFor();
  const { completions, rankings, demonstrations } = readStore(vscode());
  expect([completions.length, rankings.length, demonstrations.length]).toEqual([fillerCount, 0, 0]);
  expect(completions.filter(({ text }) => !text.startsWith('filler_'))).toEqual([]);
});

/** The trainer starts, at low priority on a busy machine, and learns with the smallest of models. */
const retrainMs = 120_000;

/** The change of a theme fades. */
const themeMs = 500;
