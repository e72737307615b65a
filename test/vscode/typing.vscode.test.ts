import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freeze, processorMs } from './frozenProcess.ts';
import { ghostTextsSeen, watchGhostText } from './ghostWatch.ts';
import { emptyLine, readStore, useProduct } from './product.ts';

const fruits = ['apple', 'pear', 'plum', 'cherry', 'grape', 'melon', 'lemon', 'lime', 'peach', 'fig'];

/** Four lines of which the last three are always the same. */
const sumOf = (fruit: string): string =>
  `def sum_of_${fruit}(value):\n    first = value.first\n    second = value.second\n    return first + second\n`;

const vscode = useProduct({
  prepareWorkspace: (folder) => {
    const lines = Array.from(
      { length: 200 },
      (_, i) => `total_${i} = count(items[${i}]) * weight_of("${i}")\n`,
    );
    writeFileSync(join(folder, 'totals.py'), lines.join(''));
    writeFileSync(join(folder, 'sums.py'), [...fruits.map(sumOf), 'def sum_of_berry(value):\n'].join(''));
  },
});

let firstLine: string;
let grown: string;

it('shows the first line before the rest, which comes without a flicker', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  // Nothing but its doc string stands in the function, so all of its body may be written.
  await workbench.moveCursorTo(emptyLine, 1);
  await watchGhostText(workbench);
  await workbench.type('    ');
  // Its first line too: VS Code draws that and the lines below one after the other.
  grown = await workbench.waitForGhostText(/^\S.*\n/);
  await workbench.screenshot('attune grown');
  await workbench.page.waitForTimeout(timeToFlickerMs);
  [firstLine] = grown.split('\n') as [string];
  const seen = await ghostTextsSeen(workbench);
  // Where the rest came before the first line was drawn, all of it is there at once.
  expect([[firstLine, grown], [grown]]).toContainEqual(
    seen.slice(seen.findIndex((text) => text !== '' && grown.startsWith(text))),
  );
});

it('keeps what grew as one completion with one outcome', async () => {
  const { workbench } = vscode();
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  const outcomes = () =>
    readStore(vscode()).completions.flatMap(({ text, outcome }) =>
      // One that was there before the last of the spaces begins with those that followed.
      text.trimStart().startsWith(firstLine) ? [[withoutIndentation(text), outcome?.kind]] : [],
    );
  await expect.poll(outcomes).toEqual([[withoutIndentation(grown), 'accepted']]);
});

it.skipIf(process.platform !== 'linux')(
  'has the next completion at once after Tab, without asking the model',
  async () => {
    const { workbench } = vscode();
    await workbench.press('Enter');
    await workbench.type('for number in ');
    await workbench.waitForGhostText(/:$/);
    await workbench.page.waitForTimeout(timeToWriteAheadMs);
    await waitUntilEngineRests();
    const thaw = freeze('engine.mjs', vscode());
    try {
      await workbench.press('Tab');
      await workbench.waitForGhostText(/\n/, 3000);
      await workbench.screenshot('attune next completion');
    } finally {
      thaw();
    }
  },
);

it.skipIf(process.platform !== 'linux')(
  'reads the prompt where the cursor rests, before a key is pressed there',
  async () => {
    const { workbench } = vscode();
    await workbench.press('Escape');
    await workbench.openFile('totals.py');
    await workbench.page.waitForTimeout(timeToWriteAheadMs);
    const before = processorMs('engine.mjs', vscode());
    await workbench.moveCursorTo(150, 1);
    await workbench.press('End');
    const taken = () => processorMs('engine.mjs', vscode()) - before;
    await expect.poll(taken).toBeGreaterThan(timeToReadMs);
  },
);

it('goes on with further lines that it is sure of, and is one completion all the same', async () => {
  const { workbench } = vscode();
  await workbench.openFile('sums.py');
  await workbench.moveCursorTo(4 * fruits.length + 2, 1);
  await workbench.type('    first = ');
  await workbench.waitForGhostText(/^value\.first\n\s*second = value\.second\n\s*return first \+ second$/);
  await workbench.screenshot('attune further lines');
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  const taken = () =>
    readStore(vscode()).completions.flatMap(({ text, outcome }) =>
      text.startsWith('value.first') ? [[text.split('\n').length, outcome?.kind]] : [],
    );
  await expect.poll(taken).toEqual([[3, 'accepted']]);
});

/** A busy machine takes longer to write what follows than the moment after which the engine begins with that. */
async function waitUntilEngineRests(): Promise<void> {
  const takenInASecond = async () => {
    const before = processorMs('engine.mjs', vscode());
    await vscode().workbench.page.waitForTimeout(1000);
    return processorMs('engine.mjs', vscode()) - before;
  };
  await expect.poll(takenInASecond, { timeout: 60_000 }).toBeLessThan(timeToReadMs);
}

/** What VS Code draws of a completion has its indentation, and may leave out what is blank. */
function withoutIndentation(text: string): string {
  return text.replaceAll(/^\s+/gm, '');
}

/** Some frames after the last change. */
const timeToFlickerMs = 500;

/** The moment that a completion has to stand, and what a busy machine needs for a block. */
const timeToWriteAheadMs = 5000;

/** Far less than several hundred tokens take, and far more than an engine that has nothing to do. */
const timeToReadMs = 150;
