import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataPathsIn } from '../../src/process/dataFolder.ts';
import { keptProblems } from '../../src/report/keptProblems.ts';
import { emptyLine, readStore, testModel, useProduct } from './product.ts';

const vscode = useProduct({
  settings: { 'attune.model': 'no-such-model', 'attune.debounceMs': -5 },
  prepare: (dataFolder) => {
    writeFileSync(join(dataFolder, 'feedback.sqlite'), 'no database at all');
    const earlier = { atMs: 0, severity: 'error', text: 'The engine of an earlier window ended.' };
    writeFileSync(dataPathsIn(dataFolder).problems, JSON.stringify([earlier]));
  },
});

it('says which setting cannot be used, and what is used instead', async () => {
  const { workbench } = vscode();
  await workbench.waitForNotification('The setting attune.debounceMs cannot be -5; "auto" is used.');
});

it('says that the store was damaged and where it was put, and begins a new one', async () => {
  const { workbench, scratchFolder } = vscode();
  await workbench.waitForNotification('The feedback store was damaged.');
  await workbench.screenshot('trouble at the start');
  expect(readdirSync(scratchFolder).some((name) => name.includes('.corrupt-'))).toBe(true);
  expect(readStore(vscode()).completions).toEqual([]);
});

it('says that there is no such model, and what can be done', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune failed').waitFor();
  await workbench.waitForNotification(`There is no model 'no-such-model'.`);
});

it('lets another model be chosen from the message', async () => {
  const { workbench } = vscode();
  await workbench.pressNotificationButton('Choose Another Model');
  await workbench.pick(testModel);
  await workbench.statusBarItem('Attune base').waitFor();
});

it('says that there is nothing to learn from yet, and goes on', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Retrain Assistant');
  await workbench.waitForNotification('There is nothing to learn from yet');
  await workbench.screenshot('trouble nothing to learn');
  await workbench.statusBarItem('Attune base').waitFor();
});

it('completes after all that', async () => {
  const { workbench } = vscode();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    result = ');
  await workbench.waitForGhostText();
  await workbench.screenshot('trouble over');
});

it('logs a setting that cannot be used, with the value that is used instead', async () => {
  const { workbench } = vscode();
  const logLine = (text: string) => workbench.page.locator('.view-line').filter({ hasText: text }).first();
  await workbench.runCommand('Attune: Show Log');
  await logLine('nothing to learn').waitFor();
  await workbench.press('ControlOrMeta+Home');
  await logLine('debounceMs').waitFor();
  await workbench.screenshot('trouble log');
});

it('tells in its diagnostics what went wrong, in an earlier window too, and keeps its own for a later one', async () => {
  const { workbench, scratchFolder } = vscode();
  await workbench.runCommand('Attune: Show Diagnostics');
  const shown = workbench.page.locator('.editor-instance .view-lines');
  await shown.filter({ hasText: /Attune\sdiagnostics/ }).waitFor();
  // Only what is in sight is in the page.
  await workbench.press('ControlOrMeta+End');
  await shown.filter({ hasText: /Last\sproblems/ }).waitFor();
  const [, problems] = (await shown.innerText()).replaceAll(/\s+/g, ' ').split('Last problems');
  expect(problems).toContain('1970-01-01T00:00:00.000Z error: The engine of an earlier window ended.');
  expect(problems).toContain('warn: The setting attune.debounceMs cannot be -5');
  await workbench.screenshot('trouble diagnostics');
  const kept = (await keptProblems(dataPathsIn(scratchFolder).problems)).map(({ text }) => text);
  expect(kept[0]).toBe('The engine of an earlier window ended.');
  expect(kept[1]).toMatch(/^The setting attune.debounceMs cannot be -5/);
  for (const text of kept) expect(text).not.toContain(scratchFolder);
});
