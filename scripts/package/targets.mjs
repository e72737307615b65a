import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../setup/setupError.mjs';

/** Where onnxruntime-node keeps its native files, below its own folder, by system and processor. */
export const nativeFolder = join('bin', 'napi-v6');

/** The extension for VS Code on one system, as the marketplaces name it, such as linux-x64; or the command line for npm. */
export const npmTarget = 'npm';

/** The systems that an installed onnxruntime-node serves. */
export function servedTargets(packageFolder) {
  const root = join(packageFolder, nativeFolder);
  return readdirSync(root).flatMap((system) =>
    readdirSync(join(root, system)).map((processor) => `${system}-${processor}`),
  );
}

/** The native files of a target, below the folder of onnxruntime-node. Throws SetupError for one it does not serve. */
export function nativeFilesOf(target, packageFolder) {
  const served = servedTargets(packageFolder);
  if (!served.includes(target)) throw notServed(target, served);
  const folder = join(nativeFolder, ...target.split('-'));
  return readdirSync(join(packageFolder, folder))
    .filter((name) => !isSecondCopy(name))
    .map((name) => join(folder, name));
}

/** macOS gets one library twice, since npm has no links; the binding asks for the one with the short name. */
function isSecondCopy(name) {
  return /\.\d+\.\d+\.\d+\.dylib$/.test(name);
}

function notServed(target, served) {
  return new SetupError(
    `There is no package for ${target}: ONNX Runtime has no native files for it.`,
    `It serves ${served.join(', ')}; ${npmTarget} packs the command line.`,
  );
}
