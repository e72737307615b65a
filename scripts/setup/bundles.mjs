import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from './command.mjs';
import { hasPluginPackage } from '../typescriptPlugin.mjs';
import { projectFolder } from './folders.mjs';
import { withProgress } from './progress.mjs';

/** What the bundles are made of. */
const inputs = [
  'src',
  'media',
  'scripts/build.mjs',
  'scripts/bundleOptions.mjs',
  'scripts/typescriptPlugin.mjs',
  'package.json',
  'package-lock.json',
];
const stampFile = join(projectFolder, 'dist', '.inputs');

/** Bundles the source into dist/; nothing to do when no input changed since. */
export async function bringBundles() {
  const stamp = stampOf(projectFolder, inputs);
  const isBuilt = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isBuilt && hasPluginPackage(projectFolder)) return;
  const build = () => outputOf('Building', process.execPath, ['scripts/build.mjs'], { cwd: projectFolder });
  await withProgress('Bundles', build);
  writeFileSync(stampFile, stamp);
}

/** Changes whenever a file below the paths is added, removed or written. */
export function stampOf(folder, paths) {
  const lines = paths.flatMap((path) => filesBelow(join(folder, path))).map(stampLine);
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true }).sort();
  return names.map((name) => join(path, name)).filter((file) => statSync(file).isFile());
}

function stampLine(file) {
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}`;
}
