import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesShownBy } from '../../../src/process/training/importAdapter.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

it('shows the gate of an adapter from outside the files that may be learned from, as a retraining does', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'prices.ts'), 'export const price = 1;\n');
  writeFileSync(join(folder, 'keys.ts'), 'export const key = 2;\n');
  const learnFrom = {
    ...{ isOff: false, refusedFolders: [], excludedPatterns: ['keys.ts'] },
    ...{ workspaceFolders: [folder], mayAskGit: false, ownLinesFirst: true },
  };
  const shown = await filesShownBy({ serves: false, projectCode: true, learnFrom });
  expect(shown.map(({ path }) => path)).toEqual(['prices.ts']);
  for (const without of [{ projectCode: false }, { serves: true }])
    expect(await filesShownBy({ serves: false, projectCode: true, learnFrom, ...without })).toEqual([]);
});
