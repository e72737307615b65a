/**
 * `npm run code [FOLDER] [-- --server]`: VS Code with Attune in it, on a folder.
 *
 * The desktop program where there is one; otherwise, or with --server, VS Code Server, whose
 * address is printed. Ctrl+C stops the server.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { startVsCodeServer, userSettingsFile } from '../test/vscode/vscodeServer.ts';
import { findOnPath, runInTerminal } from './setup/command.mjs';
import { cacheFolder, projectFolder } from './setup/folders.mjs';
import { bringVsCodeServer } from './setup/vscodeServer.mjs';

/** What a new user of the server starts with: no chat, nothing sent home, no page of welcome but Attune's. Theirs to change. */
const firstSettings = {
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'welcomePageInEmptyWorkbench',
};

const args = process.argv.slice(2);
const folder = resolve(process.env.INIT_CWD ?? '.', args.find((arg) => !arg.startsWith('--')) ?? '.');
if (!existsSync(folder)) {
  console.error(`There is no folder ${folder}. Check how it is written.`);
  process.exit(1);
}
const desktop = args.includes('--server') ? undefined : findOnPath('code');
if (desktop === undefined) await serve(folder);
else process.exitCode = await openDesktop(desktop, folder);

function openDesktop(program, opened) {
  process.stdout.write(`VS Code with Attune opens ${opened}.\n`);
  return runInTerminal(program, [`--extensionDevelopmentPath=${projectFolder}`, '--new-window', opened]);
}

async function serve(opened) {
  await bringVsCodeServer();
  const dataFolder = join(cacheFolder(), 'vscode-server-data');
  writeFirstSettings(userSettingsFile(dataFolder));
  const server = await startVsCodeServer({ dataFolder, extension: projectFolder, env: {} });
  process.stdout.write(
    `VS Code with Attune on ${opened}:\n\n  ${server.address(opened)}\n\nCtrl+C stops it.\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(0));
}

function writeFirstSettings(file) {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(firstSettings, undefined, 2)}\n`);
}
