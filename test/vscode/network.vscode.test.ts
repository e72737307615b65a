import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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

it.skipIf(!canTrace)('lives through a session: types, accepts, ranks, asks, retrains', async () => {
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
  await workbench.runCommand('Attune: Retrain Assistant');
  await workbench.waitForNotification(/promoted: on \d+ held-out prompts/i, retrainMs);
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
