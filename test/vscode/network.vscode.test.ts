import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quickHyperparameters, storeHouseStyle } from './houseStyle.ts';
import { emptyLine, lastAnswered, useProduct } from './product.ts';
import { attemptsIn, canTrace, tracer } from './traced.ts';

const trace = join(mkdtempSync(join(tmpdir(), 'attune-trace-')), 'calls');

const vscode = useProduct({
  settings: { 'attune.maxPromptTokens': 128, 'attune.maxNewTokens': 16 },
  env: { ATTUNE_HYPERPARAMETERS: JSON.stringify(quickHyperparameters) },
  prepare: storeHouseStyle,
  // An engine of its own: one that another window started would not be seen.
  meetsInScratchFolder: true,
  ...(canTrace ? { startedBy: tracer(trace) } : {}),
});

describe.skipIf(!canTrace)('a session that', () => {
  it('types, accepts and ranks', async () => {
    const { workbench } = vscode();
    workbench.page.setDefaultTimeout(slowMs);
    await workbench.statusBarItem('Attune base').waitFor();
    await workbench.moveCursorTo(emptyLine, 1);
    await workbench.type('    answer = ');
    await workbench.waitForGhostText(/./, slowMs);
    await workbench.press('Tab');
    await expect.poll(() => lastAnswered(vscode())?.outcome?.kind, { timeout: slowMs }).toBe('accepted');
    await workbench.press('Enter');
    await workbench.type('second = ');
    await workbench.runCommand('Attune: Rank Alternatives');
    const panel = workbench.webview();
    await panel.locator('.unranked .card').first().waitFor({ timeout: slowMs });
    await panel.locator('vscode-textarea').click();
    await workbench.type('sum(numbers)');
    await panel.getByText('Save Ranking').click();
    await panel.getByText('Stored: your own text').waitFor();
  });

  it('asks for code', async () => {
    const { workbench } = vscode();
    await workbench.openFile('shop.py');
    await workbench.moveCursorTo(1, 1);
    await workbench.runCommand('Attune: Ask for Code');
    const box = workbench.page.locator('.quick-input-widget input.input').first();
    await box.fill('a function that says whether a number is even');
    await workbench.press('Enter');
    const panel = workbench.webview();
    await panel.getByText('a function that says whether a number is even').first().waitFor();
    await panel.locator('.card').first().waitFor();
  });

  it('looks at what is stored and exports it', async () => {
    const { workbench, workspaceFolder } = vscode();
    await workbench.runCommand('Attune: Show What Is Stored');
    const view = workbench.lastWebview();
    await view.getByText('What is never stored, and why').waitFor();
    await view.locator('tbody tr').first().click();
    await view.getByRole('region', { name: 'The selected record' }).waitFor();
    const file = join(workspaceFolder, 'feedback.jsonl');
    await workbench.runCommand('Attune: Export Feedback');
    // The page had the focus before the command palette, and may take it back.
    await view.getByPlaceholder('Search file, text, outcome').focus();
    await workbench.pick('Every record as it is');
    await workbench.answerFileDialog(file);
    await workbench.waitForNotification(`were written to ${file}.`, slowMs);
  });

  it('shows diagnostics', async () => {
    const { workbench } = vscode();
    await workbench.runCommand('Attune: Show Diagnostics');
    await workbench.page
      .locator('.editor-instance .view-lines')
      .filter({ hasText: /ONNX\sRuntime\s\|\s\d/ })
      .waitFor();
  });

  it('lets the policies answer the same words', async () => {
    const { workbench } = vscode();
    await workbench.statusBarItem('Attune base').waitFor({ timeout: slowMs });
    await workbench.runCommand('Attune: Show Before and After Feedback');
    const page = workbench.lastWebview();
    await page.getByText('A sum').click();
    const answers = () => page.locator('section pre').allInnerTexts();
    await expect.poll(answers, { timeout: slowMs }).not.toContain('Writing…');
    expect((await answers())[0]).toContain('4');
  });

  it('retrains', { timeout: retrainMs + slowMs }, async () => {
    const { workbench } = vscode();
    await workbench.runCommand('Attune: Retrain Assistant');
    await workbench.waitForNotification(/promoted: on \d+ held-out prompts/i, retrainMs);
  });
});

it.skipIf(!canTrace)('has reached nobody but VS Code in its own browser', () => {
  expect(existsSync(trace)).toBe(true);
  const attempts = attemptsIn(trace);
  // The engine is reached by a socket of the file system; were there none, nothing was traced.
  expect(attempts.filter(({ address }) => address === 'unix').length).toBeGreaterThan(0);
  expect(attempts.filter(({ address }) => address !== 'unix')).toEqual([]);
});

/** Traced, everything takes several times as long. */
const slowMs = 120_000;
const retrainMs = 400_000;
