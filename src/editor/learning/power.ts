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
  /** Windows: what .NET calls the state of the power line: `Online`, `Offline` or `Unknown`. */
  readonly powerLineText: () => Promise<string>;
}

/** A PowerShell that hangs would be joined by another at the next question, minutes later. */
const timeoutMs = 60_000;

/** Windows' own PowerShell, by its place: a program of that name may lie in the folder that VS Code was started in. */
function windowsPowerShell(): string {
  return join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32/WindowsPowerShell/v1.0/powershell.exe');
}

const powerLineScript =
  'Add-Type -AssemblyName System.Windows.Forms; [System.Windows.Forms.SystemInformation]::PowerStatus.PowerLineStatus.ToString()';

/** What the system itself says. */
export const systemSources: PowerSources = {
  platform: process.platform,
  suppliesFolder: '/sys/class/power_supply',
  batteryText: () => printedBy('pmset', ['-g', 'batt']),
  powerLineText: () =>
    printedBy(windowsPowerShell(), ['-NoProfile', '-NonInteractive', '-Command', powerLineScript]),
};

/** Whether the machine is plugged in. True as well where it has no battery or does not tell. */
export async function isOnPower(sources: PowerSources = systemSources): Promise<boolean> {
  switch (sources.platform) {
    case 'darwin':
      return !(await textOrNothing(sources.batteryText())).includes('Battery Power');
    case 'win32':
      return (await textOrNothing(sources.powerLineText())).trim() !== 'Offline';
    case 'linux':
      return !(await hasDischargingBattery(sources.suppliesFolder));
    default:
      return true;
  }
}

async function hasDischargingBattery(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const isDischarging = await Promise.all(names.map((name) => isDischargingBattery(join(folder, name))));
  return isDischarging.includes(true);
}

/** Of the machine: the battery of a wireless mouse has the scope `Device`, and most of the machine's name none. */
async function isDischargingBattery(supply: string): Promise<boolean> {
  const [status, scope] = await Promise.all(
    ['status', 'scope'].map((name) => textOrNothing(readFile(join(supply, name), 'utf8'))),
  );
  return status?.trim() === 'Discharging' && scope?.trim() !== 'Device';
}

function textOrNothing(reading: Promise<string>): Promise<string> {
  return reading.catch(() => '');
}

async function printedBy(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { timeout: timeoutMs, windowsHide: true });
  return stdout;
}
