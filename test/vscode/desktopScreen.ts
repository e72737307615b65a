import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import type { Screen, ScreenStart } from './screen.ts';
import { Workbench } from './workbench.ts';

/**
 * Opens desktop VS Code with the extensions under development in it.
 *
 * @param program the file that starts VS Code, as `@vscode/test-electron` gives it.
 */
export async function openDesktopScreen(program: string, start: ScreenStart): Promise<Screen> {
  const userFolder = join(start.dataFolder, 'User');
  mkdirSync(userFolder, { recursive: true });
  writeFileSync(join(userFolder, 'settings.json'), start.settings);
  const app = await _electron.launch({
    executablePath: program,
    args: desktopArguments(start),
    env: { ...presentOf(process.env), ...start.env },
  });
  const workbench = new Workbench(await app.firstWindow());
  return { workbench, logFolder: join(start.dataFolder, 'logs'), close: () => app.close() };
}

function desktopArguments(start: ScreenStart): string[] {
  return [
    start.workspaceFolder,
    join(start.workspaceFolder, start.openFile),
    ...[start.extension, ...start.otherExtensions].map((folder) => `--extensionDevelopmentPath=${folder}`),
    `--user-data-dir=${start.dataFolder}`,
    `--extensions-dir=${join(start.dataFolder, 'extensions')}`,
    '--no-sandbox',
    '--disable-workspace-trust',
    '--disable-telemetry',
    '--disable-updates',
    '--skip-welcome',
    '--skip-release-notes',
  ];
}

function presentOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const present = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(present);
}
