import { existsSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, outputOf } from './command.mjs';
import { makeFolderOnce, needSpace, toolchainFolder } from './folders.mjs';
import { installedShare, readLock } from './npmPackages.mjs';
import { withProgress } from './progress.mjs';

/** The npm package that carries VS Code Server, here 1.139.1. Only `lib/vscode` of it is used. */
const carrier = { name: 'code-server', version: '4.139.1' };

/**
 * Native modules that the server loads while it starts, and what stands in for them, so that no
 * compiler is needed: logs are written by plain JavaScript, and the extension host notices by its
 * own polling that its parent is gone.
 */
const standIns = { '@vscode/spdlog': 'spdlog.cjs', '@vscode/native-watchdog': 'nativeWatchdog.cjs' };

const serverFolder = () => toolchainFolder(`vscode-server-${carrier.version}`);

/** The program file of VS Code Server, run with Node 24. Undefined until it was brought. */
export function findVsCodeServer() {
  const main = join(serverFolder(), 'out', 'server-main.js');
  return existsSync(main) ? main : undefined;
}

/** Brings VS Code Server, about 600 MB on the disk; nothing to do when it is there. */
export async function bringVsCodeServer() {
  if (findVsCodeServer() !== undefined) return;
  let share = () => undefined;
  const fill = async (partial) => {
    await needSpace('VS Code Server', partial, 900);
    await unpack(partial);
    const lock = readLock(join(partial, 'npm-shrinkwrap.json'));
    share = () => installedShare(lock, partial);
    await npm('Installing the packages of VS Code Server', ['install', '--omit=dev'], { cwd: partial });
    const extensions = join(partial, 'extensions');
    await npm('Installing the packages of its extensions', ['install', '--omit=dev'], { cwd: extensions });
    await Promise.all(Object.entries(standIns).map(([name, file]) => replace(partial, name, file)));
  };
  await withProgress(
    'VS Code Server',
    () => makeFolderOnce(serverFolder(), fill),
    () => share(),
  );
}

/** Puts what the package has in `lib/vscode` into the folder itself. */
async function unpack(folder) {
  const packed = ['pack', `${carrier.name}@${carrier.version}`, '--pack-destination', folder];
  await npm('Bringing VS Code Server', packed, { cwd: folder });
  const archive = `${carrier.name}-${carrier.version}.tgz`;
  const unpacking = ['-xzf', archive, '--strip-components=3', 'package/lib/vscode'];
  await outputOf('Unpacking VS Code Server', 'tar', unpacking, { cwd: folder });
  await rm(join(folder, archive));
}

async function replace(folder, packageName, file) {
  const standIn = fileURLToPath(new URL(`standIns/${file}`, import.meta.url));
  await copyFile(standIn, join(folder, 'node_modules', packageName, 'index.js'));
}
