import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { modelToConvert } from '../support/modelToConvert.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyAdapter } from '../trainer/adapterFixture.ts';
import { savedAdapter } from '../trainer/savedAdapter.ts';
import { attune } from './attune.ts';

/** A data folder with three adapters, of which the first two were promoted and the third was not. */
async function dataWithAdapters(): Promise<string> {
  const data = temporaryFolder();
  const store = new AdapterStore(join(data, 'adapters'));
  for (const id of ['one', 'two']) {
    await store.save(tinyAdapter(id));
    await store.promote(id as AdapterId);
  }
  const verdict = { promoted: false, reason: 'Not promoted: it is worse.' };
  await store.save(tinyAdapter('zero', { verdict }));
  return data;
}

const servingIn = async (data: string) =>
  (await new AdapterStore(join(data, 'adapters')).serving()).adapterId;

describe('adapters', () => {
  it('lists all with their verdicts and marks the one that serves', async () => {
    const { printed } = await attune(['adapters', '--data', await dataWithAdapters()]);
    expect(printed.split('\n')).toEqual([
      '  base',
      '  one   tiny, from 1 demonstrations and 3 preferences',
      '    Promoted: it is better.',
      '* two   tiny, from 1 demonstrations and 3 preferences',
      '    Promoted: it is better.',
      '  zero   tiny, from 1 demonstrations and 3 preferences',
      '    Not promoted: it is worse.',
    ]);
  });

  it('lists the base model alone where there are none', async () => {
    expect((await attune(['adapters', '--data', temporaryFolder()])).printed).toBe('* base');
  });

  it('lists a damaged adapter with what is wrong with it', async () => {
    const data = await dataWithAdapters();
    truncateSync(join(data, 'adapters', 'one', 'manifest.json'), 10);
    const { printed, error } = await attune(['adapters', '--data', data]);
    expect(error).toBeUndefined();
    expect(printed).toMatch(/^ {2}one\n {4}Adapter one is damaged: manifest\.json cannot be read/m);
  });

  it('tells of a pointer that cannot be read', async () => {
    const data = temporaryFolder();
    mkdirSync(join(data, 'adapters'));
    writeFileSync(join(data, 'adapters', 'active.json'), '{');
    const { printed, told } = await attune(['adapters', '--data', data]);
    expect(told).toContain('active.json cannot be read, so the base model serves.');
    expect(printed).toBe('* base');
  });

  it('takes the data folder from the environment where it is not named', async () => {
    const data = temporaryFolder();
    vi.stubEnv('ATTUNE_DATA', data);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await attune(['adapters'])).printed).toBe('* base');
  });

  it('asks for the data folder where the variable is empty, which is not the folder that one stands in', async () => {
    vi.stubEnv('ATTUNE_DATA', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { error } = await attune(['adapters']);
    expect(error).toMatchObject({ code: 'commander.missingMandatoryOptionValue' });
  });

  it('says so when the data folder is not there', async () => {
    const { error } = await attune(['adapters', '--data', '/no/such/folder']);
    expect(error).toMatchObject({ message: 'There is no folder /no/such/folder. Check how it is written.' });
  });
});

describe('adapters roll-back', () => {
  it('lets the adapter serve that served before, and then the base model', async () => {
    const data = await dataWithAdapters();
    expect((await attune(['adapters', 'roll-back', '--data', data])).printed).toMatch(
      /^Adapter one serves now\./,
    );
    expect(await servingIn(data)).toBe('one');
    expect((await attune(['adapters', 'roll-back', '--data', data])).printed).toMatch(
      /^The base model serves now\./,
    );
    expect(await servingIn(data)).toBeUndefined();
  });

  it('goes to the base model where what served before is of another model', async () => {
    const data = await dataWithAdapters();
    const store = new AdapterStore(join(data, 'adapters'));
    await store.save(tinyAdapter('other', { baseModelId: 'another' }));
    await store.promote('other' as AdapterId);
    const { printed } = await attune(['adapters', 'roll-back', '--data', data]);
    expect(printed).toBe(
      'The base model serves now. An editor that is open takes it up with its next completion.',
    );
  });

  it('says so when there is nothing to roll back', async () => {
    const { error } = await attune(['adapters', 'roll-back', '--data', temporaryFolder()]);
    expect(error).toMatchObject({ reason: 'nothingToRollBack' });
  });
});

describe('adapters serve', () => {
  it('lets the adapter of that id serve, also one that was not promoted', async () => {
    const data = await dataWithAdapters();
    const { printed } = await attune(['adapters', 'serve', 'zero', '--data', data]);
    expect(printed).toMatch(/^Adapter zero serves now\./);
    expect(await servingIn(data)).toBe('zero');
  });

  it('lets the base model serve alone', async () => {
    const data = await dataWithAdapters();
    expect((await attune(['adapters', 'serve', 'base', '--data', data])).printed).toMatch(/^The base model/);
    expect(await servingIn(data)).toBeUndefined();
  });

  it('refuses an adapter that there is none of, and leaves all as it was', async () => {
    const data = await dataWithAdapters();
    const { error } = await attune(['adapters', 'serve', 'nine', '--data', data]);
    expect(error).toMatchObject({ reason: 'adapterMissing' });
    expect(await servingIn(data)).toBe('two');
  });
});

describe('adapters import', () => {
  it('refuses to learn from a folder that is not there before it brings the model', async () => {
    const data = temporaryFolder();
    const onTop = ['--on-top', '--workspace', data, '/no/such/folder', '--model', '/no/such/model.gguf'];
    const { error } = await attune(['adapters', 'import', data, '--data', data, ...onTop]);
    expect(error).toMatchObject({ message: 'There is no folder /no/such/folder. Check how it is written.' });
  });
});

describe('adapters export', () => {
  it('shows how far the model is where that has to be brought first, and then the adapter', async () => {
    const model = modelToConvert();
    const { data, id } = await savedAdapter(model);
    const target = join(temporaryFolder(), 'merged');
    const shown = new Set<string>();
    const { error, printed, finished } = await attune(
      ['adapters', 'export', id, target, '--format', 'merged', '--data', data],
      { onProgress: (label) => shown.add(label) },
    );
    expect(error).toBeUndefined();
    expect(printed).toContain(`Adapter one of ${model} was written to ${target}.`);
    expect([[...shown], finished]).toEqual([
      ['tiny.gguf', 'merged'],
      ['tiny.gguf', 'merged'],
    ]);
  });
});
