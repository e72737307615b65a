import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The name of the plugin in TypeScript's server, as package.json's `typescriptServerPlugins` says it. */
export const pluginName = 'attune-typescript-plugin';

/** The bundle that it runs. */
export const pluginBundle = 'typescriptPlugin.cjs';

const version = '1.0.0';

/** What a package.json says that has the plugin beside it. */
export const pluginDependency = { [pluginName]: version };

/**
 * Makes the package that TypeScript's server looks for, which is only in `node_modules` of the extension's folder.
 * It holds nothing but where the bundle is.
 */
export function writePluginPackage(folder) {
  const manifest = manifestIn(folder);
  mkdirSync(join(manifest, '..'), { recursive: true });
  const main = `../../dist/${pluginBundle}`;
  writeFileSync(manifest, `${JSON.stringify({ name: pluginName, version, main }, undefined, 2)}\n`);
}

/** Whether the package is there: `npm ci` takes it away. */
export function hasPluginPackage(folder) {
  return existsSync(manifestIn(folder));
}

function manifestIn(folder) {
  return join(folder, 'node_modules', pluginName, 'package.json');
}
