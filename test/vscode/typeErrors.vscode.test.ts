import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import typescript from 'typescript';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { useProduct } from './product.ts';

const compilerOptions = { strict: true, noEmit: true, types: [] };

const labels = 'export function label(): string {\n  return "";\n}\n';

/** Both functions are likely at its end, and one of them is wrong there. */
const prices =
  "import { label } from './labels';\n\nfunction price(): number {\n  return 1;\n}\n\n" +
  'const first: number = price();\nconst second: string = label();\n' +
  'const third: number = price();\nconst fourth: string = ';

function writeProject(folder: string, text = prices): void {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  writeFileSync(join(folder, 'labels.ts'), labels);
  writeFileSync(join(folder, 'prices.ts'), text);
}

const vscode = useProduct({ prepareWorkspace: writeProject });

/** What the badge of a text at the end of the file should say, and of errors show, by a compiler of this process. */
function expectedBadge(alternative: string): string {
  const folder = temporaryFolder();
  writeProject(folder, prices + alternative);
  const file = join(folder, 'prices.ts');
  const program = typescript.createProgram([file], compilerOptions);
  // Without the alternative there is one place that does not parse.
  if (program.getSyntacticDiagnostics().length > 1) return 'types not checked';
  const [first, ...others] = program.getSemanticDiagnostics(program.getSourceFile(file));
  if (first === undefined) return 'no type errors';
  const label = others.length === 0 ? '1 type error' : `${others.length + 1} type errors`;
  return `${label}: ${typescript.flattenDiagnosticMessageText(first.messageText, '\n')}`;
}

/** The same as the panel has it, for each alternative. */
async function shownBadges(panel: FrameLocator): Promise<string[]> {
  const cards = await panel.locator('.card').all();
  return Promise.all(cards.map(badgesOn));
}

async function badgesOn(card: Locator): Promise<string> {
  const badges = await card.locator('.badge.typeErrors, .badge.noTypeErrors, .badge.typesUnchecked').all();
  const texts = badges.map(async (badge) => {
    const [label, title] = [await badge.innerText(), await badge.getAttribute('title')];
    return /\d/.test(label) ? `${label}: ${title}` : label;
  });
  return (await Promise.all(texts)).join();
}

/** Asks for another round, and waits until what the round before came to is gone from the page. */
async function askForOthers(cameTo: Locator): Promise<void> {
  const before = await cameTo.elementHandle();
  await vscode().workbench.runCommand('Attune: Rank Alternatives');
  await before.waitForElementState('hidden');
}

/** Rounds of alternatives until both kinds came; of SmolLM2 most have both. */
const maxRounds = 6;
const bothKinds = ['no type errors', 'type errors'];

it('says of each alternative how many type errors it adds, and what the first one is, in its line', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.openFile('prices.ts');
  await workbench.moveCursorTo(10, 24);
  await workbench.runCommand('Attune: Rank Alternatives');
  const panel = workbench.webview();
  const card = panel.locator('.card').first();
  const nothingElse = panel.getByText('Attune has no other completion here.');
  const seen = new Set<string>();
  for (let round = 1; !bothKinds.every((kind) => seen.has(kind)) && round <= maxRounds; round++) {
    if (round > 1) await askForOthers(card.or(nothingElse));
    await card.or(nothingElse).waitFor();
    await panel.locator('.busy').waitFor({ state: 'detached' });
    const texts = await panel.locator('.card ins').allTextContents();
    const expected = texts.map(expectedBadge);
    await expect.poll(() => shownBadges(panel), { timeout: 20_000 }).toEqual(expected);
    for (const badge of expected) seen.add(/\d/.test(badge) ? 'type errors' : badge);
  }
  await workbench.screenshot('rank type errors');
  expect([...seen]).toEqual(expect.arrayContaining(bothKinds));
  expect(await panel.locator('.card .context').first().textContent()).toBe('const fourth: string = ');
  expect(await workbench.page.locator('.tab').allInnerTexts()).toHaveLength(2);
  expect(await workbench.page.locator('.tab.dirty').count()).toBe(0);
  expect(await readWorkspaceFile('prices.ts')).toBe(prices);
});
