import { expect, it } from 'vitest';
import { freezeEngine } from './frozenEngine.ts';
import { ghostTextsSeen, watchGhostText } from './ghostWatch.ts';
import { emptyLine, readStore, useProduct } from './product.ts';

const vscode = useProduct();

it('shows the first line before the rest, which is added without a flicker', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  await watchGhostText(workbench);
  await workbench.type('    result = numbers[0]');
  await workbench.press('Enter');
  await workbench.waitForGhostText(/\n/);
  await workbench.page.waitForTimeout(500);
  console.log(JSON.stringify(await ghostTextsSeen(workbench), null, 1));
  console.log(
    JSON.stringify(
      readStore(vscode()).completions.map((c) => [c.text, c.outcome, c.latencyMs]),
      null,
      1,
    ),
  );
});

it('has the next completion at once after Tab', async () => {
  const { workbench } = vscode();
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  await workbench.press('Enter');
  await workbench.type('result = ');
  console.log('ghost', await workbench.waitForGhostText());
  await workbench.page.waitForTimeout(2000);
  const thaw = await freezeEngine(vscode());
  await workbench.press('Tab');
  await workbench.page.waitForTimeout(500);
  console.log('ghost', await workbench.ghostText());
  await workbench.press('Enter');
  await workbench.page.waitForTimeout(500);
  console.log('ghost', await workbench.ghostText());
  thaw();
  expect(1).toBe(1);
});
