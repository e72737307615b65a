import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyLine, oneCard, readStore, useProduct } from './product.ts';

/** The model may have to be loaded before it answers, on cores that others may use too. */
const loadMs = 120_000;

/** The user did not write whether anything may be stored, so Attune asks, whatever the project says; nor that pages for beginners are not wanted. */
const vscode = useProduct({
  settings: {
    'attune.collect': undefined,
    'workbench.startupEditor': 'welcomePageInEmptyWorkbench',
  },
  prepareWorkspace: (folder) => {
    mkdirSync(join(folder, '.vscode'));
    writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify({ 'attune.collect': 'on' }));
  },
});

it('opens its walkthrough at the first start, with the models to choose from', async () => {
  const { workbench } = vscode();
  await workbench.page.getByText('Get Started with Attune').first().waitFor();
  await workbench.page.getByText('Take your first completion').first().waitFor();
  await workbench.screenshot('settled walkthrough');
});

it('says what to do to whoever asks for code in the walkthrough', async () => {
  const { workbench } = vscode();
  await workbench.page.getByText('Rank alternatives, or ask').first().click();
  await workbench.page.getByRole('button', { name: 'Ask for Code' }).first().click();
  await workbench.lastWebview().getByText('Put the cursor where you want code, then ask again.').waitFor();
  await workbench.screenshot('settled asked in walkthrough');
  await workbench.runCommand('View: Close Editor');
  await workbench.openFile('lists.py');
});

it('asks before it stores anything, says what and where, and stores nothing until then', async () => {
  const { workbench, scratchFolder } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    answer = ');
  // It is asked with the first keys, and a model that is loaded for the first time may take longer than it stays.
  await workbench.holdNotification(`on this machine alone: in ${scratchFolder}`);
  await workbench.waitForGhostText();
  await workbench.press('Tab');
  await workbench.screenshot('settled question');
  expect(readStore(vscode()).completions).toEqual([]);
});

it('stores from the moment on that the user allows it', async () => {
  const { workbench } = vscode();
  await workbench.pressNotificationButton('Learn Here');
  await workbench.press('Enter');
  await workbench.type('first = ');
  await workbench.waitForGhostText();
  await workbench.press('Tab');
  // Behind it may stand that nothing was offered at the place where the text then ends.
  const outcomes = () => readStore(vscode()).completions.map(({ outcome }) => outcome?.kind);
  await expect.poll(outcomes, { timeout: loadMs }).toContain('accepted');
});

it('asks for code by the comment above an empty line, and learns from the ranking as an answer to it', async () => {
  const { workbench } = vscode();
  await workbench.press('Enter');
  await workbench.type('# whether the number n is even');
  await workbench.press('Enter', 'Escape');
  await workbench.runCommand('Attune: Ask for Code');
  const panel = workbench.webview();
  await panel.getByText('whether the number n is even').first().waitFor();
  await panel.locator('.card').first().waitFor();
  await workbench.screenshot('settled ask');
  await panel.locator('vscode-textarea').click();
  await workbench.type('def is_even(n): return n % 2 == 0');
  await panel.getByText('Save Ranking').click();
  await expect.poll(() => readStore(vscode()).rankings.length, { timeout: loadMs }).toBe(1);
  expect(readStore(vscode()).rankings[0]).toMatchObject({ instruction: 'whether the number n is even' });
});

it('asks for code by an input box, and inserts it at the cursor', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.openFile('shop.py');
  await workbench.moveCursorTo(1, 1);
  await workbench.runCommand('Attune: Ask for Code');
  const box = workbench.page.locator('.quick-input-widget input.input').first();
  await box.fill('a function that says whether a number is even');
  await workbench.screenshot('settled ask box');
  await workbench.press('Enter');
  const card = await oneCard(workbench.webview());
  const firstLine = ((await card.locator('ins').innerText()).split('\n')[0] ?? '').trimEnd();
  await card.getByText('Insert').click();
  await workbench.page.locator('.view-line').filter({ hasText: firstLine }).first().click();
  await workbench.save();
  expect(await readWorkspaceFile('shop.py')).toContain(firstLine);
});

it('shows diagnostics that are ready to be pasted, without a path', async () => {
  const { workbench, scratchFolder, workspaceFolder } = vscode();
  await workbench.runCommand('Attune: Show Diagnostics');
  const shown = workbench.page
    .locator('.editor-instance .view-lines')
    .filter({ hasText: /Attune\sdiagnostics/ });
  await shown.waitFor();
  await workbench.screenshot('settled diagnostics');
  const text = (await shown.innerText()).replaceAll('\u00a0', ' ');
  for (const row of [/prompt tokens\/s/, /ms a token/, /ONNX Runtime \| \d/, /VS Code \| \d/])
    expect(text).toMatch(row);
  for (const folder of [scratchFolder, workspaceFolder]) expect(text).not.toContain(folder);
});

it('lets both policies answer the same words', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Show Before and After Feedback');
  const page = workbench.lastWebview();
  await page.getByText('No adapter serves yet').waitFor();
  await page.getByText('A sum').click();
  await expect.poll(() => page.locator('section pre').first().innerText(), { timeout: loadMs }).toMatch(/\d/);
  await workbench.screenshot('settled before and after');
});
