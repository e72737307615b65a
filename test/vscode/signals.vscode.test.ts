import { expect, it } from 'vitest';
import { emptyLine, readGhostText, readStore, useProduct } from './product.ts';

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
  await expect.poll(endsOf(offered, '# Keep the'), { timeout: 5000 }).toEqual(accepted);
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
  await expect.poll(endsOf(offered, 'answer = '), { timeout: 5000 }).toEqual(undone);
  await workbench.press('Escape');
});

it('takes the same text written by hand for agreement', async () => {
  const { workbench } = vscode();
  await workbench.press('End', 'Enter');
  await workbench.type('last = ');
  const offered = await readGhostText(vscode());
  await workbench.type(offered);
  const kinds = () => endsOf(offered, 'last = ')().map(({ kind }) => kind);
  await expect.poll(kinds).toEqual(['typedThrough']);
});

/** How the completions with a text behind another ended, and what that is known by. */
function endsOf(wanted: string, before: string) {
  return () =>
    readStore(vscode()).completions.flatMap(({ text, prefix, outcome, evidence }) =>
      text === wanted && prefix.endsWith(before) && outcome !== undefined
        ? [{ kind: outcome.kind, evidence: evidence?.kind }]
        : [],
    );
}
