import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const driver = 'vk_swiftshader_icd.json';
const loader = 'libvulkan.so.1';

/** Where Chromium and Chrome lie with the software driver for graphics cards that they bring. */
const browserFolders = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/google/chrome-beta',
];

/** Why tests of WebGPU are skipped where there is nothing to run them on. */
export const noSoftwareVulkan =
  'WebGPU is not tested: no Chromium or Chrome with SwiftShader was found (on Debian: apt-get install chromium)';

/**
 * The environment in which a new process finds SwiftShader, and no other Vulkan driver; undefined
 * where there is none. A process cannot change by itself where it looks for libraries.
 */
export function softwareVulkan(): Record<string, string> | undefined {
  const named = process.env['ATTUNE_CHROMIUM'];
  const folders = [...(named === undefined ? [] : [dirname(realpathSync(named))]), ...browserFolders];
  const folder = folders.find((path) => [driver, loader].every((name) => existsSync(join(path, name))));
  if (folder === undefined) return undefined;
  const libraries = [folder, process.env['LD_LIBRARY_PATH']].filter((path) => path !== undefined);
  return { LD_LIBRARY_PATH: libraries.join(delimiter), VK_ICD_FILENAMES: join(folder, driver) };
}
