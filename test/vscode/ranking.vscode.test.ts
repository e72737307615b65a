import { expect, it } from 'vitest';
import { emptyLine, oneCard, readStore, testModel, useProduct } from './product.ts';

const vscode = useProduct();

it('shows alternatives for the cursor at a key, the first with the keys on it', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  // In the body of the function all five may come out alike, but for a sign; no two comments do.
  await workbench.type('    # ');
  await workbench.press('Shift+Alt+Backslash');
  const panel = workbench.webview();
  await panel.locator('.card:focus').waitFor();
  await workbench.screenshot('rank first alternative');
  await panel.getByText('Type errors are told in TypeScript and JavaScript alone').waitFor();
  await panel.locator('.card').nth(1).waitFor();
  await panel.locator('.busy').waitFor({ state: 'detached' });
  expect(await panel.locator('.empty').count()).toBe(0);
  await workbench.screenshot('rank alternatives');
});

it('takes an order by keys, ties among it, and an own text', async () => {
  const { workbench } = vscode();
  const panel = workbench.webview();
  const cards = panel.locator('.card');
  const count = await cards.count();
  // The first to come may stand anywhere.
  for (let up = 1; up < count; up++) await workbench.press('ArrowUp');
  await workbench.press('ArrowDown', '1');
  for (let rest = count - 1; rest > 0; rest--) await workbench.press('ArrowDown', '2');
  await expect.poll(() => panel.locator('.unranked .card').count()).toBe(0);
  await panel.locator('vscode-textarea').click();
  await workbench.type('return min(numbers)');
  await workbench.screenshot('rank ordered');
  await panel.getByText('Save Ranking').click();
  await panel.getByText(`Stored: the order of ${count} alternatives, your own text.`).waitFor();
  await workbench.screenshot('rank stored');
});

it('has stored the order as preferences and the own text as a demonstration', async () => {
  // Each is looked through for secrets by itself, the ranking first.
  await expect.poll(() => readStore(vscode()).demonstrations.length).toBe(1);
  const { rankings, demonstrations } = readStore(vscode());
  const [ranking] = rankings;
  expect(ranking).toMatchObject({ policyId: testModel, noneIsGood: false, languageId: 'python' });
  expect(ranking?.alternatives.map(({ rank }) => rank)).toEqual(
    ranking?.alternatives.map((_, index) => (index === 1 ? 1 : 2)),
  );
  expect(ranking?.alternatives.every(({ written }) => written.behaviourLogProbs.length > 0)).toBe(true);
  expect(demonstrations).toMatchObject([{ source: 'ownText', text: 'return min(numbers)' }]);
});

it('has others for whoever asks again, or says that there are none', async () => {
  const panel = vscode().workbench.webview();
  await panel.getByText('Rank Others').click();
  const nothingElse = panel.getByText('Attune has no other completion here.');
  await panel.locator('.card').first().or(nothingElse).waitFor();
  await panel.locator('.busy').waitFor({ state: 'detached' });
});

it('takes an order by dragging, and that none is good', async () => {
  const panel = await rankAt('lowest = ');
  // Where one more comes, the target of a drag moves under the pointer.
  await panel.locator('.busy').waitFor({ state: 'detached' });
  await panel.locator('.card').last().locator('.handle').dragTo(panel.locator('.ranked'));
  await expect.poll(() => panel.locator('.ranked select').inputValue()).toBe('1');
  const noneIsGood = panel.locator('vscode-checkbox');
  await noneIsGood.press('Space');
  await expect.poll(() => noneIsGood.getAttribute('checked')).not.toBeNull();
  await panel.getByText('Save Ranking').click();
  await expect.poll(() => readStore(vscode()).rankings.length).toBe(2);
  const ranking = readStore(vscode()).rankings[1];
  expect(ranking?.noneIsGood).toBe(true);
  expect(ranking?.alternatives.map(({ rank }) => rank).filter((rank) => rank !== undefined)).toEqual([1]);
});

it('inserts an alternative where it was asked for', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  const panel = await rankAt('count = ');
  const card = await oneCard(panel);
  const firstLine = ((await card.locator('ins').innerText()).split('\n')[0] ?? '').trimEnd();
  await card.getByText('Insert').click();
  // Its text alone may stand in the file already.
  const inserted = workbench.page.locator('.view-line').filter({ hasText: `count = ${firstLine}` });
  await inserted.first().waitFor();
  await workbench.screenshot('rank inserted');
  await workbench.save();
  expect(await readWorkspaceFile('lists.py')).toContain(`\n    count = ${firstLine}`);
});

it('has stored what was inserted as accepted', async () => {
  const inserted = () => readStore(vscode()).completions.filter(({ prefix }) => prefix.endsWith('count = '));
  await expect.poll(() => inserted().map(({ outcome }) => outcome?.kind)).toEqual(['accepted']);
  expect(inserted()).toMatchObject([{ evidence: { kind: 'command' }, languageId: 'python' }]);
});

/** Opens the panel behind a text in a line of its own, where nothing was ranked before. */
async function rankAt(typed: string) {
  const { workbench } = vscode();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.press('End');
  await workbench.type(`\n${typed}`);
  await workbench.press('Shift+Alt+Backslash');
  const panel = workbench.webview();
  await panel.locator('.card:focus').waitFor();
  return panel;
}
