import { expect, it } from 'vitest';
import { emptyLine, readGhostText, readStore, useProduct } from './product.ts';

const vscode = useProduct();

it('keeps, when the window is loaded anew, what became of the completion on the screen, and what was saved', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    # Keep the');
  const accepted = await readGhostText(vscode());
  await workbench.press('Tab');
  await workbench.press('Enter');
  await workbench.type('answer = ');
  const shown = await readGhostText(vscode());
  await workbench.save();
  expect(endOf(accepted)).toEqual({ kind: 'accepted', finalText: undefined });
  expect(endOf(shown)).toEqual({ kind: undefined, finalText: undefined });
  await workbench.runCommand('Developer: Reload Window');
  await expect.poll(() => endOf(shown)).toEqual({ kind: 'dismissed', finalText: undefined });
  expect(endOf(accepted)).toEqual({ kind: 'accepted', finalText: accepted });
});

/** What the store knows of the newest completion with a text. */
function endOf(wanted: string) {
  const record = readStore(vscode()).completions.findLast(({ text }) => text === wanted);
  return record && { kind: record.outcome?.kind, finalText: record.finalText };
}
