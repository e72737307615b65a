import { join } from 'node:path';
import { expect, it } from 'vitest';
import { storedFeedback } from './product.ts';
import { productVsCode } from './product.ts';

const vscode = productVsCode();

it('says in the status bar when the model is ready', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.screenshot('product ready');
});

it('takes a completion word by word', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.moveCursorTo(21, 1);
  await workbench.type('  // The ');
  await workbench.waitForGhostText('smallest number.');
  await workbench.screenshot('product ghost text');
  await workbench.press('ControlOrMeta+ArrowRight');
  await workbench.waitForGhostText(' number.');
  await workbench.screenshot('product word accepted');
  // The space, the word, the full stop.
  const nextWord = 'ControlOrMeta+ArrowRight';
  await workbench.press(nextWord, nextWord, nextWord);
  await workbench.waitForNoGhostText();
  await workbench.save();
  expect(await readWorkspaceFile('lists.js')).toContain('\n  // The smallest number.\n');
});

it('takes a completion with Tab', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.press('Enter');
  await workbench.type('let result = ');
  await workbench.waitForGhostText('numbers[0];');
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  await workbench.save();
  expect(await readWorkspaceFile('lists.js')).toContain('\n  let result = numbers[0];\n');
});

it('dismisses a completion with Escape', async () => {
  const { workbench } = vscode();
  await workbench.press('Enter');
  await workbench.type('const first = ');
  await workbench.waitForGhostText();
  await workbench.page.waitForTimeout(1000);
  await workbench.screenshot('product before Escape');
  await workbench.press('Escape');
  await workbench.waitForNoGhostText();
});

it('shows', () => {
  console.error(JSON.stringify(storedFeedback(join(vscode().scratchFolder)), undefined, 1));
  expect(1).toBe(1);
});
