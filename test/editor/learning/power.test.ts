import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOnPower, systemSources } from '../../../src/editor/learning/power.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const none = {
  suppliesFolder: join(import.meta.dirname, 'no such folder'),
  batteryText: () => Promise.resolve(''),
  powerLineText: () => Promise.resolve(''),
};

/** @param statuses `status`, or `status of scope`; supplies of the machine itself mostly name no scope. */
function supplies(statuses: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, told] of Object.entries(statuses)) {
    mkdirSync(join(folder, name));
    const [status = '', scope = ''] = told.split(' of ');
    if (status !== '') writeFileSync(join(folder, name, 'status'), `${status}\n`);
    if (scope !== '') writeFileSync(join(folder, name, 'scope'), `${scope}\n`);
  }
  return folder;
}

describe('isOnPower', () => {
  it.each([
    ['a battery that is used', { AC: '', BAT0: 'Discharging' }, false],
    ['one of two that is used', { BAT0: 'Full', BAT1: 'Discharging' }, false],
    ['a battery that is filled', { AC: '', BAT0: 'Charging' }, true],
    ['no battery', {}, true],
    ['a mouse that runs on its own battery', { hidpp_battery_0: 'Discharging of Device' }, true],
    ['a battery that says it is the machine’s', { BAT0: 'Discharging of System' }, false],
  ])('on Linux: %s', async (_, statuses, expected) => {
    expect(await isOnPower({ ...none, platform: 'linux', suppliesFolder: supplies(statuses) })).toBe(
      expected,
    );
  });

  it.each([
    ["Now drawing from 'Battery Power'\n -InternalBattery-0 80%; discharging", false],
    ["Now drawing from 'AC Power'\n -InternalBattery-0 80%; charging", true],
  ])('on macOS: %j', async (text, expected) => {
    const batteryText = () => Promise.resolve(text);
    expect(await isOnPower({ ...none, platform: 'darwin', batteryText })).toBe(expected);
  });

  it.each([
    ['Offline\r\n', false],
    ['Online\r\n', true],
    ['Unknown\r\n', true],
  ])('on Windows: %j', async (text, expected) => {
    const powerLineText = () => Promise.resolve(text);
    expect(await isOnPower({ ...none, platform: 'win32', powerLineText })).toBe(expected);
  });

  it.runIf(process.platform === 'win32')('is told by Windows', async () => {
    expect(['Online', 'Offline', 'Unknown']).toContain((await systemSources.powerLineText()).trim());
  });

  it('is taken for granted where the system does not tell', async () => {
    expect(await isOnPower({ ...none, platform: 'linux' })).toBe(true);
    expect(await isOnPower({ ...none, platform: 'win32' })).toBe(true);
    const failing = () => Promise.reject(new Error('no such program'));
    expect(await isOnPower({ ...none, platform: 'darwin', batteryText: failing })).toBe(true);
    expect(await isOnPower({ ...none, platform: 'win32', powerLineText: failing })).toBe(true);
  });
});
