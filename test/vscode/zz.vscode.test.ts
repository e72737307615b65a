import { it } from 'vitest';
import { useProduct } from './product.ts';
const vscode = useProduct();
it('download', async () => {
  const { workbench } = vscode();
  for (let i = 0; i < 8; i++) { await workbench.page.waitForTimeout(1500); await workbench.screenshot('zz ' + i); }
  await workbench.statusBarItem('Attune base').waitFor({ timeout: 200000 });
  await workbench.screenshot('zz end');
});
