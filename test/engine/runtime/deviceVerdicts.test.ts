import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DeviceVerdicts } from '../../../src/engine/runtime/deviceVerdicts.ts';
import { sentence } from '../../../src/sentences/sentence.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const verdict = { device: 'webgpu', why: sentence`it takes ${50} ms`, maxRunTokens: 31 } as const;

it('finds the verdict of an earlier start under its key alone', async () => {
  const path = join(temporaryFolder(), 'cache', 'devices.json');
  await new DeviceVerdicts(path).remember('one', verdict);
  await new DeviceVerdicts(path).remember('two', { device: 'cpu', why: sentence`there is no card` });
  expect(await new DeviceVerdicts(path).find('one')).toEqual(verdict);
  expect(await new DeviceVerdicts(path).find('three')).toBeUndefined();
});

it('counts a damaged file as empty', async () => {
  const path = join(temporaryFolder(), 'devices.json');
  writeFileSync(path, '{"one": {"device": "toaster"');
  expect(await new DeviceVerdicts(path).find('one')).toBeUndefined();
  await new DeviceVerdicts(path).remember('one', verdict);
  expect(await new DeviceVerdicts(path).find('one')).toEqual(verdict);
});

it('forgets one verdict and keeps the others', async () => {
  const verdicts = new DeviceVerdicts(join(temporaryFolder(), 'devices.json'));
  await verdicts.remember('one', verdict);
  await verdicts.remember('two', verdict);
  await verdicts.forget('one');
  expect(await verdicts.find('one')).toBeUndefined();
  expect(await verdicts.find('two')).toEqual(verdict);
});

it('says that it cannot be written, and leaves nothing beside its file', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'devices.json'));
  const verdicts = new DeviceVerdicts(join(folder, 'devices.json'));
  expect(await verdicts.remember('one', verdict)).toBe(false);
  expect(await verdicts.find('one')).toBeUndefined();
  await expect(verdicts.forget('one')).resolves.toBeUndefined();
  expect(readdirSync(folder)).toEqual(['devices.json']);
  expect(await new DeviceVerdicts(join(folder, 'others.json')).remember('one', verdict)).toBe(true);
});
