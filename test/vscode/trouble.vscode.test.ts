import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyLine, readStore, testModel, useProduct } from './product.ts';

const vscode = useProduct({
  settings: { 'attune.model': 'no-such-model', 'attune.debounceMs': -5 },
  prepare: (dataFolder) => writeFileSync(join(dataFolder, 'feedback.sqlite'), 'no database at all'),
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
