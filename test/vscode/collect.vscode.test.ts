import { expect, it } from 'vitest';
import { emptyLine, readGhostText, readStore, useProduct } from './product.ts';

/** Somebody who turned it off before it was called `attune.collect`. */
const vscode = useProduct({ settings: { 'attune.collect': undefined, 'attune.store.enabled': false } });

it('obeys what stands under the former name of attune.collect, and says so', async () => {
  const { workbench } = vscode();
  await workbench.waitForNotification(
    'The setting attune.store.enabled is called attune.collect now, which is "off"',
  );
  await workbench.screenshot('collect formerly');
});

it('completes, collects nothing, and asks nothing', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    answer = ');
  const taken = await readGhostText(vscode());
  await workbench.press('Tab');
  await workbench.save();
  expect(await readWorkspaceFile('lists.py')).toContain(`    answer = ${taken}`);
  await workbench.press('Enter');
  await workbench.type('first = ');
  await workbench.waitForGhostText();
  await workbench.press('Escape');
  expect((await workbench.notifications()).filter((text) => text.includes('May Attune learn'))).toEqual([]);
});

it('ranks alternatives, and says that nothing is kept of that', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Rank Alternatives');
  const panel = workbench.webview();
  await panel.locator('.card').first().waitFor();
  await panel.getByText('Attune does not learn in this workspace, so a ranking here is not kept.').waitFor();
  await panel.locator('vscode-textarea').click();
  await workbench.type('numbers[0]');
  expect(await panel.getByText('Save Ranking').getAttribute('disabled')).not.toBeNull();
  await workbench.screenshot('collect ranking');
  expect(readStore(vscode())).toEqual({ completions: [], rankings: [], demonstrations: [] });
});
