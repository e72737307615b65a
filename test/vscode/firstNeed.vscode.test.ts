import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { useProduct } from './product.ts';

/** The document that the window comes up with is none to complete. */
const vscode = useProduct({
  settings: { 'attune.languages': { '*': true, python: false } },
  meetsInScratchFolder: true,
});

/** An engine shows its door there. */
const isEngineStarted = () => existsSync(join(vscode().scratchFolder, 'attune'));

it('starts no engine for a document of a language that is off', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune paused').waitFor();
  await workbench.moveCursorTo(1, 1);
  await workbench.type('# ');
  expect(isEngineStarted()).toBe(false);
});

it('starts none in a window without an editor', async () => {
  const { workbench } = vscode();
  await workbench.save();
  await workbench.runCommand('View: Close Editor');
  const item = workbench.statusBarItem(/^\s*Attune\s*$/);
  await item.waitFor();
  await item.hover();
  await workbench.page.getByText('The model is loaded with the first document to complete.').waitFor();
  await workbench.screenshot('first need none');
  expect(isEngineStarted()).toBe(false);
});

it('starts one with the first document that it completes', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('File: New Untitled Text File');
  await workbench.statusBarItem('Attune base').waitFor();
  expect(isEngineStarted()).toBe(true);
  await workbench.page.locator('.editor-instance .monaco-editor').first().click();
  await workbench.type('def add(a, b):\n    return ');
  await workbench.waitForGhostText();
});
