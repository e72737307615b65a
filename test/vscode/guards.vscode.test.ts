import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyLine, readStore, useProduct } from './product.ts';

const vscode = useProduct({
  prepareWorkspace: (folder) => {
    mkdirSync(join(folder, '.vscode'));
    const loop = { prefix: 'loop', body: ['for ${1:item} in ${2:items}:', '    $0'] };
    writeFileSync(join(folder, '.vscode', 'python.code-snippets'), JSON.stringify({ 'a loop': loop }));
  },
});

it('takes a completion line by line, which is one acceptance', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  // Nothing but its doc string stands in the function, so all of its body may be written.
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    ');
  const whole = await waitForAllOf(/^\S.*\n/);
  const [first, ...rest] = whole.split('\n');
  await workbench.press('Alt+End');
  // The lines that are left stay on the screen, where VS Code draws the first of them behind its indentation.
  await expect
    .poll(async () => withoutIndentation(await workbench.ghostText()))
    .toBe(withoutIndentation(rest.join('\n')));
  await workbench.screenshot('attune line accepted');
  await workbench.press(...rest.map(() => 'Alt+End'));
  await expect.poll(outcomesOf(whole)).toEqual(['accepted']);
  await workbench.press('Escape');
  await workbench.save();
  expect(await readWorkspaceFile('lists.py')).toContain(`    ${first}\n`);
});

it('offers nothing beside a selection', async () => {
  const { workbench } = vscode();
  await workbench.press('Enter');
  await workbench.type('answer = ');
  await workbench.waitForGhostText();
  await workbench.press('Shift+ArrowLeft');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
  await workbench.press('ArrowRight');
});

it('offers something at several cursors when it is asked', async () => {
  const { workbench } = vscode();
  // Refused or not: who asks gets what the model writes.
  await workbench.press('Escape');
  await workbench.runCommand('Add Cursor Above');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
  await workbench.runCommand('Attune: Trigger Completion');
  await workbench.waitForGhostText();
  await workbench.screenshot('attune several cursors');
  await workbench.press('Escape', 'Escape');
});

it('offers nothing within a word', async () => {
  const { workbench } = vscode();
  await workbench.press('End', 'Enter');
  await workbench.type('total');
  await workbench.press('Escape', 'ArrowLeft', 'ArrowLeft');
  await workbench.type('p');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
});

it('says so there to whoever asks by the command', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Trigger Completion');
  await workbench.waitForNotification('Within a word or before other text on its line nothing is offered.');
  await workbench.screenshot('attune asked within a word');
});

it('offers nothing while a snippet is filled in, and does after it', async () => {
  const { workbench } = vscode();
  await workbench.press('Escape', 'End', 'Enter');
  await workbench.runCommand('Snippets: Insert Snippet');
  await workbench.pick('loop');
  await workbench.type('number');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
  await workbench.screenshot('attune in a snippet');
  await workbench.press('Escape', 'Escape', 'End', 'Enter');
  await workbench.type('result = ');
  await workbench.waitForGhostText();
  await workbench.press('Escape');
});

/** Waits for a completion that grows no further. */
async function waitForAllOf(expected: RegExp): Promise<string> {
  const { workbench } = vscode();
  await workbench.waitForGhostText(expected);
  await workbench.page.waitForTimeout(timeToWriteMs);
  return workbench.ghostText();
}

/** How the completions with a text ended, as VS Code draws texts: with another indentation. */
function outcomesOf(wanted: string) {
  return () =>
    readStore(vscode()).completions.flatMap(({ text, outcome }) =>
      withoutIndentation(text) === withoutIndentation(wanted) ? [outcome?.kind] : [],
    );
}

function withoutIndentation(text: string): string {
  return text.replaceAll(/^\s+/gm, '').trimEnd();
}

/** A busy machine needs about half a second for a line. */
const timeToWriteMs = 2500;
