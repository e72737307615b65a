import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { incompleteInstallation, otherMachine } from './errors.ts';

/** What a package says it consists of (`scripts/package/stage.mjs` writes it): paths below the bundles’ folder, sizes in bytes. */
const filesSchema = z.array(z.object({ path: z.string(), bytes: z.number() }));

/** The system and processor that a process runs on, as Node names them. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
}

/**
 * Makes sure that ONNX Runtime has native files for this machine, and that every file is there whole
 * that the package in which the bundles of a folder came consists of; a checkout has no such list.
 * Throws ProcessError 'otherMachine' or 'incompleteInstallation'.
 */
export async function checkInstallation(bundlesFolder: string, machine: Machine = process): Promise<void> {
  await checkListed(bundlesFolder);
  const runtime = runtimeFolder(bundlesFolder);
  const native = join(runtime, 'bin', 'napi-v6');
  const file = join(native, machine.platform, machine.arch, 'onnxruntime_binding.node');
  if (!(await isFile(file)))
    throw otherMachine(`${machine.platform}-${machine.arch}`, await servedBy(native));
}

async function checkListed(bundlesFolder: string): Promise<void> {
  const files = await readList(join(bundlesFolder, 'files.json'));
  const sizes = await Promise.all(files.map(({ path }) => sizeOf(join(bundlesFolder, path))));
  const broken = files.filter(({ bytes }, place) => sizes[place] !== bytes);
  const [first] = broken;
  if (first === undefined) return;
  const size = sizes[files.indexOf(first)];
  throw incompleteInstallation(join(bundlesFolder, first.path), { size, ...first }, broken.length - 1);
}

async function readList(file: string): Promise<z.infer<typeof filesSchema>> {
  const list = await readFile(file, 'utf8').catch(() => '[]');
  try {
    return filesSchema.parse(JSON.parse(list));
  } catch {
    throw incompleteInstallation(file, 'damaged', 0);
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}

async function isFile(file: string): Promise<boolean> {
  return (await sizeOf(file)) !== undefined;
}

/** Where a bundle of the folder finds onnxruntime-node. */
function runtimeFolder(bundlesFolder: string): string {
  const manifest = 'onnxruntime-node/package.json';
  try {
    return dirname(createRequire(join(bundlesFolder, 'engine.mjs')).resolve(manifest));
  } catch {
    const file = join(bundlesFolder, 'node_modules', manifest);
    throw incompleteInstallation(file, {}, 0);
  }
}

async function servedBy(native: string): Promise<string[]> {
  const platforms = await readdir(native).catch(() => []);
  const served = await Promise.all(
    platforms.map(async (platform) =>
      (await readdir(join(native, platform))).map((arch) => `${platform}-${arch}`),
    ),
  );
  return served.flat();
}
