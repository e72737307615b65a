import { expect, it } from 'vitest';
import { productVsCode } from './product.ts';

const vscode = productVsCode({}, { 'workbench.colorTheme': process.env['THEME'] });

it('explores', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(21, 1);
  await workbench.type('  ');
  await workbench.runCommand('Attune: Rank Alternatives');
  const panel = workbench.webview();
  await workbench.page.waitForTimeout(1500);
  await workbench.screenshot((process.env['THEME'] ?? '') + ' rank asking');
  await panel.locator('.card').first().waitFor();
  await workbench.screenshot((process.env['THEME'] ?? '') + ' rank alternatives');
  await panel.locator('.card').nth(1).focus();
  await workbench.press('1');
  await workbench.screenshot((process.env['THEME'] ?? '') + ' rank one');
  await panel.locator('.unranked .card').nth(0).focus();
  await workbench.press('2');
  await panel.locator('.unranked .card').nth(0).focus();
  await workbench.press('2');
  await panel.locator('vscode-textarea').click();
  await workbench.type('return Math.min(...numbers);');
  await workbench.screenshot((process.env['THEME'] ?? '') + ' rank all');
  await workbench.page.setViewportSize({ width: 1280, height: 1300 });
  await workbench.screenshot((process.env['THEME'] ?? '') + ' rank tall');
  await panel.getByText('Save Ranking').click();
  await workbench.page.waitForTimeout(800);
  await workbench.screenshot((process.env['THEME'] ?? '') + ' rank saved');
  expect(1).toBe(1);
});
