import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyLine, readStore, useProduct } from './product.ts';

/*
 * Documents that are no plain files. That VS Code runs on another machine than the one that shows it is what every
 * test in VS Code Server shows.
 */

/** The model is loaded for the first time, on cores that others may use too. */
const loadMs = 120_000;

/** The other cells of the notebook. */
const [notes, thirdCell, lastCell] = [
  'What is right is told below.',
  'third = [3, 1, 2]',
  'assert answer == 1',
];

/** A notebook that begins with what stands in `lists.py` above the line where all tests begin. */
function writeNotebook(folder: string): void {
  const lines = readFileSync(join(folder, 'lists.py'), 'utf8').split('\n');
  const firstCell = `${lines.slice(0, emptyLine - 1).join('\n')}\n`;
  const code = (source: string) => ({ cell_type: 'code', metadata: {}, outputs: [], source: [source] });
  const notebook = {
    cells: [
      code(firstCell),
      { cell_type: 'markdown', metadata: {}, source: [notes] },
      code(thirdCell),
      code(lastCell),
    ],
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(join(folder, 'cells.ipynb'), JSON.stringify(notebook));
}

const vscode = useProduct({ prepareWorkspace: writeNotebook });

const storedUris = () => readStore(vscode()).completions.map(({ documentUri }) => documentUri);

it('completes a document that was never saved, and stores what became of it', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.runCommand('File: New Untitled Text File');
  await workbench.page.locator('.tab.active').filter({ hasText: 'Untitled-1' }).waitFor();
  await workbench.type('def smallest(numbers):\n');
  await workbench.type('    result = ');
  await workbench.waitForGhostText();
  await workbench.screenshot('documents untitled');
  await workbench.press('Tab');
  await expect
    .poll(storedUris, { timeout: loadMs })
    .toEqual(expect.arrayContaining([expect.stringMatching(/^untitled:/)]));
});

it('follows what was accepted in it into the file that it is saved as', async () => {
  const { workbench, workspaceFolder } = vscode();
  const begun = () => readStore(vscode()).completions.find(({ prefix }) => prefix.includes('def smallest'));
  const accepted = { documentUri: 'untitled:Untitled-1', outcome: { kind: 'accepted' } };
  await expect.poll(begun, { timeout: 15_000 }).toMatchObject(accepted);
  await workbench.press('ControlOrMeta+S');
  await workbench.answerFileDialog(join(workspaceFolder, 'smallest.py'));
  await workbench.page.locator('.tab.active').filter({ hasText: 'smallest.py' }).waitFor();
  await workbench.screenshot('documents saved as');
  const followed = { survival: [{ afterMs: 30_000, survivalShare: 1 }], finalText: begun()!.text };
  await expect.poll(begun, { timeout: 45_000 }).toMatchObject(followed);
});

it('completes the cell of a notebook, and stores what became of it', async () => {
  const { workbench } = vscode();
  const { page } = workbench;
  await workbench.press('ControlOrMeta+P');
  await page.locator('.quick-input-widget input.input').first().fill('cells.ipynb');
  await workbench.pick('cells.ipynb');
  await page.locator('.notebookOverlay .view-line').filter({ hasText: 'smallest' }).last().click();
  await workbench.press('ControlOrMeta+End');
  await workbench.type('    answer = ');
  const ghost = page.locator('.notebookOverlay .ghost-text-decoration').first();
  await ghost.waitFor();
  await workbench.screenshot('documents notebook');
  await workbench.press('Tab');
  await expect
    .poll(storedUris, { timeout: loadMs })
    .toEqual(expect.arrayContaining([expect.stringMatching(/^vscode-notebook-cell:/)]));
});

it('sees the cells of code above and below the one that is written in', async () => {
  const { workbench } = vscode();
  const { page } = workbench;
  await page.locator('.notebookOverlay .view-line').filter({ hasText: 'third' }).last().click();
  await workbench.press('ControlOrMeta+End', 'Enter');
  await workbench.type('answer = ');
  await page.locator('.notebookOverlay .ghost-text-decoration').first().waitFor();
  await workbench.screenshot('documents cells');
  await workbench.press('Tab');
  const askedBehind = () =>
    readStore(vscode()).completions.findLast(({ prefix, text }) => {
      const written = prefix.split(`${thirdCell}\n`)[1];
      // One that was there before the last keys was offered behind fewer.
      const isAlong = written !== undefined && 'answer = '.startsWith(written);
      return isAlong && `${written}${text}`.startsWith('answer = ');
    });
  await expect.poll(askedBehind, { timeout: loadMs }).toMatchObject({
    prefix: expect.stringMatching(/def smallest[^]*\n {4}answer = [^]*\n\nthird = /) as string,
    suffix: expect.stringContaining(lastCell) as string,
  });
  expect(askedBehind()!.prefix).not.toContain(notes);
});

it('says why it offers nothing in a virtual document', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Preferences: Open Default Settings (JSON)');
  await workbench.page.locator('.tab.active').filter({ hasText: 'defaultSettings' }).waitFor();
  await workbench.statusBarItem('Attune base').hover();
  await workbench.page.getByText('Documents of this kind (vscode) are not completed').first().waitFor();
  await workbench.screenshot('documents virtual');
});
