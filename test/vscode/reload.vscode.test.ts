import { expect, it } from 'vitest';
import { emptyLine, readGhostText, recordsShown, useProduct } from './product.ts';

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
  expect(endOf('# Keep the', accepted)).toEqual({ kind: 'accepted', finalText: undefined });
  expect(endOf('answer = ', shown)).toEqual({ kind: undefined, finalText: undefined });
  await workbench.runCommand('Developer: Reload Window');
  await expect.poll(() => endOf('answer = ', shown)).toEqual({ kind: 'dismissed', finalText: undefined });
  // Looked through for secrets before it is stored, so behind the other's end.
  await expect.poll(() => endOf('# Keep the', accepted)).toEqual({ kind: 'accepted', finalText: accepted });
});

/** What the store knows of the newest completion that was on the screen as a text behind another. */
function endOf(typed: string, shown: string) {
  const record = recordsShown(vscode(), typed, shown).at(-1);
  return record && { kind: record.outcome?.kind, finalText: record.finalText };
}
