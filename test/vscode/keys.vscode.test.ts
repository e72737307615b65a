import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyLine, readStore, recordsShown, useProduct } from './product.ts';

const vscode = useProduct({
  otherExtensions: [join(import.meta.dirname, 'fixtures', 'other-completer')],
  prepareWorkspace: (folder) => {
    git(folder, 'init', '--quiet');
    writeFileSync(join(folder, 'data.py'), 'numbers = [\n' + '    1234567,\n'.repeat(90_000) + ']\n');
  },
  settings: {
    '[python]': { 'attune.completeProse': false },
    '[plaintext]': { 'attune.show': 'onlyWhenAsked' },
  },
});

let first: string;
let second: string;

it('offers nothing in a comment where the user does not want that', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    # Keep the');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
});

it('shows the next completion, and the one before it again', async () => {
  const { workbench } = vscode();
  await workbench.press('Enter');
  await workbench.type('def ');
  await workbench.waitForGhostText();
  await workbench.page.waitForTimeout(timeToReadMs);
  first = await workbench.ghostText();
  await workbench.press('Alt+]');
  second = await waitForOther(first);
  await workbench.screenshot('attune next of several');
  await workbench.press('Alt+[');
  await workbench.waitForGhostText(first);
  await workbench.press('Alt+]');
  await workbench.waitForGhostText(second);
});

it('takes the one that is shown, and has no opinion of the one that was passed', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  await workbench.save();
  expect(await readWorkspaceFile('lists.py')).toContain(`\n    def ${second}\n`);
  const outcomesOf = (shown: string) => () =>
    recordsShown(vscode(), 'def ', shown).map(({ outcome }) => outcome?.kind);
  await expect.poll(outcomesOf(second)).toEqual(['accepted']);
  await expect.poll(outcomesOf(first)).toEqual(['superseded']);
});

it('keeps which other extensions write completions', () => {
  // The first of them may be older than the other extension, which starts beside Attune.
  const [newest] = readStore(vscode()).completions.toSorted((a, b) => b.atMs - a.atMs);
  expect(newest!.otherCompleters).toEqual(['TabbyML.vscode-tabby']);
});

it('is told that another branch is checked out', () => {
  git(vscode().workspaceFolder, 'symbolic-ref', 'HEAD', 'refs/heads/other');
});

it('offers nothing unasked while it is snoozed, says so, and writes when it is asked', async () => {
  const { workbench } = vscode();
  await workbench.press('Enter');
  await workbench.runCommand('Attune: Snooze');
  await workbench.page.locator('.quick-input-list').getByText('15 minutes').waitFor();
  await workbench.page.waitForTimeout(timeToFadeInMs);
  await workbench.screenshot('attune snooze');
  await workbench.pick('15 minutes');
  await workbench.statusBarItem('Attune snoozed').waitFor();
  await workbench.type('first = ');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
  await workbench.runCommand('Attune: Trigger Completion');
  await workbench.waitForGhostText();
  await workbench.screenshot('attune snoozed');
});

it('ends the snooze from the menu', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune snoozed').click();
  await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await workbench.pick('End Snooze');
  await workbench.statusBarItem('Attune base').waitFor();
  // The focus is still on the status bar.
  await workbench.moveCursorTo(25, 1);
  await workbench.press('End', 'Enter');
  await workbench.type('last = ');
  await workbench.waitForGhostText();
});

it('waits to be asked in a language for which the user wants that, and goes on with what was asked for', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('File: New Untitled Text File');
  await workbench.page.locator('.tab.active').filter({ hasText: 'Untitled-1' }).waitFor();
  await workbench.type('for number in ');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
  await workbench.runCommand('Attune: Trigger Completion');
  const asked = await workbench.waitForGhostText();
  await workbench.screenshot('attune only when asked');
  await workbench.type(asked.charAt(0));
  await workbench.waitForGhostText(asked.slice(1));
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe(asked.slice(1));
});

it('leaves a file of more than 1 MB alone, and says why in the tooltip', async () => {
  const { workbench } = vscode();
  await workbench.openFile('data.py');
  await workbench.type('total = ');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
  await workbench.statusBarItem('Attune base').hover();
  await workbench.page.locator('.workbench-hover').getByText('more than 1 MB').waitFor();
  await workbench.screenshot('attune large file');
});

it('is told from the menu to wait to be asked', async () => {
  const { workbench } = vscode();
  await workbench.openFile('shop.py');
  await workbench.runCommand('Attune: Choose When to Offer');
  await workbench.page.locator('.quick-input-list').getByText('Only when I ask').waitFor();
  await workbench.page.waitForTimeout(timeToFadeInMs);
  await workbench.screenshot('attune when to offer');
  await workbench.pick('Only when I ask');
  await workbench.page.waitForTimeout(timeToReadMs);
  await workbench.press('ControlOrMeta+End', 'Enter');
  await workbench.type('price = ');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
});

it('marks what it sees of the accepted text half a minute later, on the other branch', async () => {
  // On a slow machine there has been a later one by now.
  const looks = () =>
    recordsShown(vscode(), 'def ', second).flatMap(({ survival }) =>
      survival.filter(({ afterMs }) => afterMs === 30_000),
    );
  await expect
    .poll(looks, { timeout: 45_000 })
    .toEqual([{ afterMs: 30_000, survivalShare: 1, isCheckedOut: true }]);
});

function git(folder: string, ...args: string[]): void {
  execFileSync('git', args, { cwd: folder });
}

/** Waits for a completion that is not the given one. */
async function waitForOther(text: string): Promise<string> {
  const { workbench } = vscode();
  await expect.poll(() => workbench.ghostText(), { timeout: 20_000 }).not.toMatch(exactly(text));
  return workbench.waitForGhostText();
}

function exactly(text: string): RegExp {
  return new RegExp(`^(?:${text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)})?$`);
}

/** Quick picks fade in. */
const timeToFadeInMs = 300;

/** Beyond the time in which a completion counts as unseen (750 ms). */
const timeToReadMs = 1000;

/** A busy machine needs about half a second for a line. */
const timeToWriteMs = 2500;
