import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { findChromium } from '../../scripts/setup/chromium.mjs';
import type { Screen, ScreenStart } from './screen.ts';
import { startVsCodeServer, userSettingsFile } from './vscodeServer.ts';
import { Workbench } from './workbench.ts';

/** No display, no sandbox (root has none), nothing that calls home. */
const chromiumSwitches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const screenSize = { width: 1280, height: 800 };

/** Starts VS Code Server with the extension in it and opens it in Chromium. */
export async function openServerScreen(start: ScreenStart): Promise<Screen> {
  const settingsFile = userSettingsFile(start.dataFolder);
  mkdirSync(dirname(settingsFile), { recursive: true });
  writeFileSync(settingsFile, start.settings);
  const [server, browser] = await Promise.all([
    startVsCodeServer({ ...start, isEveryFolderTrusted: true }),
    launchChromium(),
  ]);
  const page = await browser.newPage({ viewport: screenSize });
  // A language pack would do this too; VS Code's own texts stay English without one.
  if (start.language !== undefined)
    await page.addInitScript(
      (language) => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: language }),
      start.language,
    );
  await page.goto(server.address(start.workspaceFolder, start.openFile), { waitUntil: 'commit' });
  const close = async () => {
    await browser.close();
    server.stop();
  };
  return { workbench: new Workbench(page), logFolder: join(start.dataFolder, 'data', 'logs'), close };
}

/** A Chromium without a window. */
export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium: run `npm run setup`.');
  return chromium.launch({ executablePath, args: chromiumSwitches });
}
