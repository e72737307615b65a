import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readGhostText, recordsShown, useProduct } from './product.ts';

/** As a formatter leaves it; the line that is written in the tests is the last. */
const prices = `function price(): number {
  return 1;
}

const first: number = price();
const second: number = price();
`;

const vscode = useProduct({
  prepareWorkspace: (folder) => {
    for (const name of ['prices.ts', 'costs.ts']) writeFileSync(join(folder, name), prices);
    git(folder, 'init', '--quiet', '--initial-branch=main');
    git(folder, 'config', 'user.name', 'Nobody');
    git(folder, 'config', 'user.email', 'nobody@localhost');
    git(folder, 'add', '.');
    git(folder, 'commit', '--quiet', '--message=prices');
    git(folder, 'checkout', '--quiet', '-b', 'work');
  },
  settings: { '[typescript]': { 'editor.formatOnSave': true } },
});

it('finds what was accepted half a minute later, in a file that was formatted and renamed', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.openFile('prices.ts');
  // It is in the palette once there is a formatter, which saving does not wait for; the line is formatted by now.
  await workbench.runCommand('Format Selection');
  const begun = 'const   third:number = ';
  const accepted = await acceptAtEndOf('prices.ts', begun);
  await workbench.press('ControlOrMeta+Home');
  await workbench.type('    ');
  await workbench.save();
  const formatted = `function price(): number {\n${prices.split('\n').slice(1).join('\n')}const third: number = ${accepted}`;
  expect(await readWorkspaceFile('prices.ts')).toBe(formatted);
  await renameFile('prices.ts', 'offers.ts');
  expect(await readWorkspaceFile('offers.ts')).toBe(formatted);
  await expect
    .poll(() => recordOf(begun, accepted), { timeout: 45_000 })
    .toEqual({
      ...{ kind: 'accepted', finalText: accepted },
      survival: [{ afterMs: 30_000, survivalShare: 1 }],
    });
});

it('takes no accept back when Git writes the file of another branch, and marks what it sees there', async () => {
  const { workbench, workspaceFolder } = vscode();
  const begun = 'const fourth: number = ';
  const accepted = await acceptAtEndOf('costs.ts', begun);
  await workbench.save();
  git(workspaceFolder, 'commit', '--quiet', '--all', '--message=with it');
  git(workspaceFolder, 'checkout', '--quiet', 'main');
  await workbench.page.locator('.view-line').filter({ hasText: 'fourth' }).waitFor({ state: 'detached' });
  await workbench.screenshot('attune another branch');
  await expect
    .poll(() => recordOf(begun, accepted), { timeout: 45_000 })
    .toEqual({
      ...{ kind: 'accepted', finalText: undefined },
      survival: [{ afterMs: 30_000, survivalShare: 0, isCheckedOut: true }],
    });
});

/** Writes the beginning of a last line and accepts what is offered there. */
async function acceptAtEndOf(file: string, begun: string): Promise<string> {
  const { workbench } = vscode();
  await workbench.openFile(file);
  await workbench.press('ControlOrMeta+End');
  await workbench.type(begun);
  const accepted = await readGhostText(vscode());
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  return accepted;
}

async function renameFile(from: string, to: string): Promise<void> {
  const { workbench } = vscode();
  await workbench.page.locator('.explorer-folders-view .monaco-list-row').getByText(from).click();
  await workbench.press('F2');
  await workbench.page.locator('.explorer-folders-view input').fill(to);
  await workbench.press('Enter');
  await workbench.page.locator('.tab.active').filter({ hasText: to }).waitFor();
}

/** What is known of the newest completion that was on the screen as a text behind another. */
function recordOf(typed: string, shown: string) {
  const record = recordsShown(vscode(), typed, shown).at(-1);
  return record && { kind: record.outcome?.kind, finalText: record.finalText, survival: record.survival };
}

function git(folder: string, ...args: string[]): void {
  execFileSync('git', args, { cwd: folder });
}
