import { expect, it } from 'vitest';
import { emptyLine, readGhostText, readStore, useProduct } from './product.ts';

const vscode = useProduct();

let takenByWord: string;
let takenWithTab: string;
let dismissed: string;

it('says in the status bar when the model is ready', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.screenshot('attune ready');
});

it('takes a completion word by word', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  const nextWord = 'ControlOrMeta+ArrowRight';
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    # Keep the');
  takenByWord = await workbench.waitForGhostText(/^ \w+ \w/);
  const words = takenByWord.match(/\s+|\w+|[^\s\w]+/g)!;
  await workbench.screenshot('attune ghost text');
  // The space and the first word.
  await workbench.press(nextWord, nextWord);
  await workbench.waitForGhostText(words.slice(2).join(''));
  await workbench.screenshot('attune word accepted');
  await workbench.press(...words.slice(2).map(() => nextWord));
  await workbench.waitForNoGhostText();
  await workbench.save();
  expect(await readWorkspaceFile('lists.py')).toContain(`\n    # Keep the${takenByWord}\n`);
});

it('takes a completion with Tab', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.press('Enter');
  // No name that the model proposes on the empty line: typed along, that completion would be the one taken.
  await workbench.type('answer = ');
  takenWithTab = await readGhostText(vscode());
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  await workbench.screenshot('attune accepted with Tab');
  await workbench.save();
  expect(await readWorkspaceFile('lists.py')).toContain(`\n    answer = ${takenWithTab}\n`);
});

it('dismisses a completion with Escape', async () => {
  const { workbench } = vscode();
  await workbench.press('Enter');
  await workbench.type('first = ');
  dismissed = await readGhostText(vscode());
  await workbench.press('Escape');
  await workbench.waitForNoGhostText();
  await workbench.screenshot('attune dismissed');
});

it('has stored exactly these outcomes, one for each completion', async () => {
  const opinions = () =>
    readStore(vscode()).completions.flatMap(({ text, outcome, evidence }) =>
      outcome === undefined || noOpinion.includes(outcome.kind)
        ? []
        : [{ text, outcome: outcome.kind, evidence: evidence?.kind }],
    );
  await expect.poll(opinions).toEqual([
    { text: offeredBy('    # Keep the', takenByWord), outcome: 'accepted', evidence: 'command' },
    { text: offeredBy('    answer = ', takenWithTab), outcome: 'accepted', evidence: 'command' },
    { text: offeredBy('    first = ', dismissed), outcome: 'dismissed', evidence: 'command' },
  ]);
});

/** What was on the screen behind what was typed; on a slow machine it was there before the last keys, which went along with it. */
function offeredBy(typed: string, shown: string): unknown {
  return expect.toSatisfy(
    (text: string) => text.endsWith(shown) && `${typed}${shown}`.endsWith(text),
    `${shown} behind ${typed}`,
  );
}

it('never offers again what was just refused', async () => {
  const { workbench } = vscode();
  await workbench.type(' ');
  await workbench.press('Backspace');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
});

it('offers nothing for a language that was turned off, and says so', async () => {
  const { workbench } = vscode();
  await workbench.press('Enter');
  await workbench.runCommand('Attune: Enable or Disable for This Language');
  await workbench.statusBarItem('Attune paused').waitFor();
  await workbench.type('last = ');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
  await workbench.screenshot('attune paused');
});

it('offers the commands that make sense behind the status bar item', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune paused').click();
  await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await workbench.screenshot('attune menu');
  await workbench.pick('Turn Completions On for python');
  await workbench.statusBarItem('Attune base').waitFor();
});

it('offers nothing at several cursors', async () => {
  const { workbench } = vscode();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.press('ControlOrMeta+End', 'Enter', 'Enter');
  await workbench.runCommand('Add Cursor Above');
  await workbench.type('everything = ');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
  expect(await workbench.page.locator('.view-line').filter({ hasText: 'everything' }).count()).toBe(2);
  await workbench.press('Escape');
});

it('completes in a file that has no name yet', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('File: New Untitled Text File');
  await workbench.page.locator('.tab.active').filter({ hasText: 'Untitled-1' }).waitFor();
  await workbench.type('total = 0');
  await workbench.press('Enter');
  await workbench.type('for number in ');
  await workbench.waitForGhostText();
  await workbench.screenshot('attune untitled');
});

it('does not offer again what was refused when the line above was edited, unless it is asked for', async () => {
  const { workbench } = vscode();
  await workbench.press('Escape', 'ControlOrMeta+a');
  for (const line of ['one = 1', 'two = 2', 'three = 3', 'four = 4']) {
    await workbench.type(line);
    await workbench.press('Escape', 'Enter');
  }
  await workbench.type('five = ');
  const refused = await readGhostText(vscode());
  await workbench.press('Escape', 'ArrowUp', 'Home');
  await workbench.type('my_');
  await workbench.press('ArrowDown', 'End');
  await workbench.type(' ');
  await workbench.press('Backspace');
  await workbench.page.waitForTimeout(timeToWriteMs);
  expect(await workbench.ghostText()).toBe('');
  // The model would write the very same here.
  await workbench.runCommand('Attune: Trigger Completion');
  expect(await workbench.waitForGhostText()).toBe(refused);
  await workbench.press('Escape');
});

it('forgets everything once that is confirmed, and says how much it was', async () => {
  const { workbench } = vscode();
  const { completions, demonstrations } = readStore(vscode());
  await workbench.runCommand('Attune: Forget Everything');
  const dialog = workbench.page.locator('.monaco-dialog-box');
  await dialog
    .getByText(`Forget all ${completions.length + demonstrations.length} stored records?`)
    .waitFor();
  await workbench.screenshot('attune forget everything');
  await dialog.getByRole('button', { name: 'Forget Records', exact: true }).click();
  await workbench.waitForNotification('All records are forgotten.');
  expect(readStore(vscode()).completions).toEqual([]);
});

/** A busy machine needs about half a second for a line. */
const timeToWriteMs = 2500;

const noOpinion = ['unseen', 'superseded'];
