/**
 * Bundles the source into dist/: the extension, the command line, the two child processes, the plugin
 * in TypeScript's server, and the pages of the side panels. An entry file that does not exist gives no
 * bundle.
 */
import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  extensionOptions,
  launcherOptions,
  pluginOptions,
  programOptions,
  webviewOptions,
} from './bundleOptions.mjs';
import { projectFolder } from './setup/folders.mjs';
import { pluginBundle, writePluginPackage } from './typescriptPlugin.mjs';

const webviewFolder = 'src/editor/webview';

/** Every script that lies directly in the folder of the webviews is the entry of a page. */
function webviewBundles() {
  if (!existsSync(webviewFolder)) return [];
  const entries = readdirSync(webviewFolder).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.d.ts'),
  );
  return entries.map((name) => ({
    ...webviewOptions,
    entryPoints: [join(webviewFolder, name)],
    outfile: join('dist', 'webview', `${basename(name, '.ts')}.js`),
  }));
}

process.chdir(projectFolder);
mkdirSync('dist', { recursive: true });
// Its files are named by what is in them, so those of another build would stay.
rmSync('dist/extension', { recursive: true, force: true });
writePluginPackage(projectFolder);
const bundles = [
  { ...extensionOptions, entryPoints: ['src/extension.ts'], outdir: 'dist' },
  { ...launcherOptions, entryPoints: ['src/cli/launcher.ts'], outfile: 'dist/attune.mjs' },
  { ...programOptions, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.mjs' },
  { ...programOptions, entryPoints: ['src/process/engineProcess.ts'], outfile: 'dist/engine.mjs' },
  { ...programOptions, entryPoints: ['src/process/trainerProcess.ts'], outfile: 'dist/trainer.mjs' },
  {
    ...pluginOptions,
    entryPoints: ['src/editor/typescriptServer/plugin.ts'],
    outfile: join('dist', pluginBundle),
  },
  ...webviewBundles(),
];
const present = bundles.filter(({ entryPoints }) => existsSync(entryPoints[0]));
const results = await Promise.allSettled(present.map((options) => build(options)));
// esbuild has already printed each error with its place.
if (results.some(({ status }) => status === 'rejected')) process.exitCode = 1;
