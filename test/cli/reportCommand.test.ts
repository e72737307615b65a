import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { sampleKept, wholeRun } from '../report/sampleRun.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyAdapter } from '../trainer/adapterFixture.ts';
import { attune } from './attune.ts';

/** A data folder with an older adapter without anything kept, and a newer one of a whole run. */
async function dataWithReports(): Promise<string> {
  const data = temporaryFolder();
  const store = new AdapterStore(join(data, 'adapters'));
  await store.save(tinyAdapter('older'));
  await store.save({
    ...tinyAdapter(
      'newer',
      wholeRun({ ...wholeRun(), adapterId: tinyAdapter('newer').manifest.adapterId }),
      sampleKept,
    ),
  });
  return data;
}

describe('report', () => {
  it('tells of the newest adapter: what it learned, gains, losses, totals, verdict', async () => {
    const { printed, error } = await attune(['report', '--data', await dataWithReports()]);
    expect(error).toBeUndefined();
    expect(printed).toMatch(
      /^Learned from 1 demonstrations, 3 preferences at 2 prompts\.\n {2}sft +60 steps in 95 s\n/,
    );
    expect(printed).toContain('Where it lost most:\n  cart%20list.ts: const cart = |\n');
    expect(printed).toMatch(/The adapter is newer\.$/);
  });

  it('tells of an older adapter, and why there is nothing to compare', async () => {
    const { printed } = await attune(['report', 'older', '--data', await dataWithReports()]);
    expect(printed).toContain('The completions on held-out work are not kept');
    expect(printed).toMatch(/The adapter is older\.$/);
  });

  it.each([
    ['an adapter that there is none of', ['report', 'nine'], { reason: 'adapterMissing' }],
    [
      'a page in a folder that is not there',
      ['report', '--html', '/no/such/x.html'],
      { reason: 'missingFolder' },
    ],
    ['a page where a folder stands', ['report', '--html', import.meta.dirname], { reason: 'badOptions' }],
  ])('refuses %s', async (_, args, problem) => {
    const { error } = await attune([...args, '--data', await dataWithReports()]);
    expect(error).toMatchObject(problem);
  });

  it('says so where nothing was retrained', async () => {
    const { error } = await attune(['report', '--data', temporaryFolder()]);
    expect(error).toMatchObject({ reason: 'nothingRetrained' });
  });
});
