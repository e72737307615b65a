import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where the system tells of its power; tests name others. */
export interface PowerSources {
  readonly platform: NodeJS.Platform;
  /** Linux: a folder for each supply. */
  readonly suppliesFolder: string;
  /** macOS: what `pmset -g batt` prints. */
  readonly batteryText: () => Promise<string>;
}

const system: PowerSources = {
  platform: process.platform,
  suppliesFolder: '/sys/class/power_supply',
  batteryText: async () => (await promisify(execFile)('pmset', ['-g', 'batt'])).stdout,
};

/**
 * Whether the machine is plugged in. True as well where it has no battery or does not tell: Windows has no
 * file that says so.
 */
export async function isOnPower(sources: PowerSources = system): Promise<boolean> {
  if (sources.platform === 'darwin')
    return !(await textOrNothing(sources.batteryText())).includes('Battery Power');
  if (sources.platform !== 'linux') return true;
  const folder = sources.suppliesFolder;
  const names = await readdir(folder).catch(() => []);
  const statuses = await Promise.all(
    names.map((name) => textOrNothing(readFile(join(folder, name, 'status'), 'utf8'))),
  );
  return !statuses.some((status) => status.trim() === 'Discharging');
}

function textOrNothing(reading: Promise<string>): Promise<string> {
  return reading.catch(() => '');
}
