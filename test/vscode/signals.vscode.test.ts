import { expect, it } from 'vitest';
import { emptyLine, readGhostText, recordsShown, useProduct } from './product.ts';

const vscode = useProduct({ settings: { 'editor.inlineSuggest.showToolbar': 'always' } });

it('takes what VS Code’s own toolbar accepts word by word to the end as one acceptance', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    # Keep the');
  const offered = await workbench.waitForGhostText(/^ \w+ \w/);
  await workbench.screenshot('attune toolbar');
  for (let left = offered; left !== ''; left = await workbench.ghostText()) {
    await workbench.page.locator('.inlineSuggestionsHints').getByText('Accept Word').click();
    await expect.poll(() => workbench.ghostText()).not.toBe(left);
  }
  // VS Code tells its providers of what its toolbar takes.
  const accepted = [{ kind: 'accepted', evidence: 'command' }];
  await expect.poll(endsOf('# Keep the', offered)).toEqual(accepted);
});

it('takes an acceptance that is undone at once for none', async () => {
  const { workbench } = vscode();
  await workbench.press('Escape', 'Enter');
  // No name that the model proposes on the empty line: typed along, that completion would be the one taken.
  await workbench.type('answer = ');
  const offered = await readGhostText(vscode());
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  await workbench.press('ControlOrMeta+z');
  const undone = [{ kind: 'dismissed', evidence: 'text' }];
  await expect.poll(endsOf('answer = ', offered)).toEqual(undone);
  await workbench.press('Escape');
});

it('takes the same text written by hand for agreement', async () => {
  const { workbench } = vscode();
  await workbench.press('End', 'Enter');
  await workbench.type('last = ');
  const offered = await readGhostText(vscode());
  await workbench.type(offered);
  const kinds = () => endsOf('last = ', offered)().map(({ kind }) => kind);
  await expect.poll(kinds).toEqual(['typedThrough']);
});

it('does not count the time in which VS Code’s list of names keeps it off the screen', async () => {
  const { workbench } = vscode();
  await workbench.press('End', 'Enter');
  await workbench.type('other = ');
  await workbench.waitForGhostText();
  const offeredAtMs = Date.now();
  const offered = await readGhostText(vscode());
  await workbench.press('Control+Space');
  await workbench.page.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
  // The list begins with what was chosen last, which may be how the completion begins.
  await workbench.press('ArrowDown');
  await workbench.waitForNoGhostText();
  const hiddenAtMs = Date.now();
  await workbench.screenshot('attune hidden by a list of names');
  await workbench.page.waitForTimeout(timeHiddenMs);
  expect(await workbench.ghostText()).toBe('');
  await workbench.type('7');
  const shownMs = () => recordsShown(vscode(), 'other = ', offered).at(-1)?.shownMs;
  await expect.poll(shownMs).toBeGreaterThanOrEqual(timeToReadMs);
  expect(shownMs()).toBeLessThan(hiddenAtMs - offeredAtMs + timeHiddenMs / 2);
  expect(endsOf('other = ', offered)()).toEqual([{ kind: 'typedOver', evidence: 'text' }]);
});

/** How the completions that were on the screen as a text behind another ended, and what that is known by. */
function endsOf(typed: string, shown: string) {
  return () =>
    recordsShown(vscode(), typed, shown).flatMap(({ outcome, evidence }) =>
      outcome !== undefined ? [{ kind: outcome.kind, evidence: evidence?.kind }] : [],
    );
}

/** Beyond the time in which a completion counts as unseen (750 ms). */
const timeToReadMs = 1000;

/** Half of it is more than VS Code takes to ask again when its list opens. */
const timeHiddenMs = 8000;
