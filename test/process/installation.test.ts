import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkInstallation } from '../../src/process/installation.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const linux = { platform: 'linux', arch: 'x64' };
const runtime = 'node_modules/onnxruntime-node';
const binding = `${runtime}/bin/napi-v6/linux/x64/onnxruntime_binding.node`;
const paths = ['engine.mjs', 'webview/page.js', `${runtime}/package.json`, binding];

/** An installed package. */
let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
  for (const path of paths) await write(path, textOf(path));
  await write('files.json', JSON.stringify(paths.map((path) => ({ path, bytes: textOf(path).length }))));
});

function textOf(path: string): string {
  return path.endsWith('.json') ? '{}' : path;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

describe('an installation', () => {
  it('is fine when every file is there whole', async () => {
    await checkInstallation(folder, linux);
  });

  it.each(paths)('names %s when it is missing, with what to do', async (path) => {
    await rm(join(folder, path));
    await expect(checkInstallation(folder, linux)).rejects.toMatchObject({
      reason: 'incompleteInstallation',
      message: expect.stringContaining(
        `${join(folder, path)} is missing. Uninstall Attune, install it again`,
      ) as string,
    });
  });

  it('names a file that was cut off, and counts the others', async () => {
    await truncate(join(folder, binding), 3);
    await rm(join(folder, 'engine.mjs'));
    await rm(join(folder, 'webview'), { recursive: true });
    await expect(checkInstallation(folder, linux)).rejects.toThrow(
      `${join(folder, 'engine.mjs')} is missing (3 files are not as they should be).`,
    );
    await write('engine.mjs', 'engine.mjs');
    await write('webview/page.js', 'webview/page.js');
    await expect(checkInstallation(folder, linux)).rejects.toThrow(
      `${binding} has 3 bytes in place of ${binding.length}.`,
    );
  });

  it('names its own list where that was cut off', async () => {
    await truncate(join(folder, 'files.json'), 20);
    await expect(checkInstallation(folder, linux)).rejects.toMatchObject({
      reason: 'incompleteInstallation',
      message: expect.stringContaining(`${join(folder, 'files.json')} is damaged. Uninstall`) as string,
    });
  });

  it('says which machine it is for when it came to another one', async () => {
    await expect(checkInstallation(folder, { platform: 'darwin', arch: 'x64' })).rejects.toMatchObject({
      reason: 'otherMachine',
      message: expect.stringMatching(
        /this machine is darwin-x64, .* has ONNX Runtime for linux-x64\. /,
      ) as string,
    });
  });

  it('has no list in a checkout, and ONNX Runtime from its packages', async () => {
    const source = join(import.meta.dirname, '../../src/process');
    await checkInstallation(source, linux);
    await expect(checkInstallation(source, { platform: 'sunos', arch: 'x64' })).rejects.toThrow(
      /for darwin-arm64, linux-arm64, linux-x64, win32-arm64, win32-x64\. /,
    );
  });
});
