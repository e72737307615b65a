import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findOnPath, outputOf } from './command.mjs';
import { installDebianPackages, mayInstallDebianPackages } from './debianPackages.mjs';
import { makeFolderOnce, needSpace, toolchainFolder } from './folders.mjs';
import { withProgress } from './progress.mjs';
import { SetupError } from './setupError.mjs';

/** The Python package whose source archive carries llama.cpp, of October 2026. Only `vendor/llama.cpp` is used. */
const carrier = { name: 'llama-cpp-python', version: '0.3.36' };

const programs = ['llama-server', 'llama-bench', 'llama-quantize'];

/** What llama.cpp is compiled with: on Debian, the packages below have it. */
const tools = ['python3', 'cmake', 'make', 'c++'];
const debianPackages = ['python3-pip', 'cmake', 'g++', 'make'];

/** Compiled for this very processor, as its makers advise; the web page and HTTPS are not needed here. */
const switches = [
  '-DCMAKE_BUILD_TYPE=Release',
  '-DGGML_NATIVE=ON',
  // GCC 12's header tells it that loading a tile configuration reads 8 bytes of 64; it then drops the stores to the
  // rest as dead, and llama.cpp's AMX kernels end by an illegal instruction.
  '-DCMAKE_CXX_FLAGS=-fno-dse -fno-tree-dse',
  '-DBUILD_SHARED_LIBS=OFF',
  '-DLLAMA_OPENSSL=OFF',
  '-DLLAMA_BUILD_UI=OFF',
  '-DLLAMA_USE_PREBUILT_UI=OFF',
  '-DLLAMA_BUILD_TESTS=OFF',
  '-DLLAMA_BUILD_EXAMPLES=OFF',
];

const programFolder = () =>
  toolchainFolder(`llama.cpp-${carrier.version}-${process.platform}-${process.arch}`);

/**
 * The folder with `llama-server`, `llama-bench` and `llama-quantize`, and the release they come from.
 * Undefined until they were built.
 */
export function findLlamaCpp() {
  const folder = programFolder();
  return existsSync(folder) ? { folder, release: `${carrier.name} ${carrier.version}` } : undefined;
}

/** Builds llama.cpp from its source, some minutes of work; nothing to do when it is there. */
export async function bringLlamaCpp() {
  if (findLlamaCpp() !== undefined) return;
  await bringTools();
  let share = 0;
  const fill = (partial) => buildInto(partial, (now) => (share = now ?? share));
  await withProgress(
    'llama.cpp',
    () => makeFolderOnce(programFolder(), fill),
    () => share,
  );
}

async function bringTools() {
  if (missingTools().length === 0) return;
  if (!mayInstallDebianPackages()) throw noTools();
  await withProgress('Compiler (apt-get)', () => installDebianPackages('a compiler', debianPackages));
  if (missingTools().length > 0) throw noTools();
}

async function buildInto(folder, onShare) {
  await needSpace('llama.cpp', folder, 1200);
  const source = join(folder, 'source');
  const build = join(folder, 'build');
  await unpackSource(folder, source);
  await outputOf('Configuring llama.cpp', 'cmake', ['-S', source, '-B', build, ...switches]);
  const compile = ['--build', build, '--parallel', String(availableParallelism()), '--target', ...programs];
  const hear = (text) => onShare(compiledShare(text));
  await outputOf('Compiling llama.cpp', ...politely('cmake', compile), { onOutput: hear });
  await Promise.all(programs.map((name) => copyFile(join(build, 'bin', name), join(folder, name))));
  await Promise.all([source, build].map((done) => rm(done, { recursive: true })));
}

/** Brings the source archive and unpacks what it has in `vendor/llama.cpp`. */
async function unpackSource(folder, source) {
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-cache-dir'];
  const wanted = ['--no-deps', '--no-binary', carrier.name, `${carrier.name}==${carrier.version}`];
  const pip = ['-m', 'pip', 'download', ...quiet, ...wanted, '-d', folder];
  await outputOf('Bringing the source of llama.cpp', 'python3', pip);
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tar.gz'));
  await mkdir(source);
  const inside = archive.replace(/\.tar\.gz$/, '/vendor/llama.cpp');
  const unpacking = ['-xzf', join(folder, archive), '-C', source, '--strip-components=3', inside];
  await outputOf('Unpacking the source of llama.cpp', 'tar', unpacking);
  await rm(join(folder, archive));
}

/** A build takes every core for minutes; at low priority the machine stays of use meanwhile. */
function politely(command, args) {
  return findOnPath('nice') === undefined ? [command, args] : ['nice', ['-n', '10', command, ...args]];
}

/** How far a compilation says it is, as `[ 12%]` or `[12/214]`, 0 to 1; undefined when it does not say. */
export function compiledShare(text) {
  const [, done, of] = [...text.matchAll(/\[\s*(\d+)(?:%|\/(\d+))\]/g)].at(-1) ?? [];
  return done === undefined ? undefined : Number(done) / Number(of ?? 100);
}

function missingTools() {
  return tools.filter((name) => findOnPath(name) === undefined);
}

function noTools() {
  return new SetupError(
    `llama.cpp has to be compiled to be measured, and this machine lacks ${missingTools().join(', ')}.`,
    'Install Python 3, CMake and a C++ compiler (on Debian: sudo apt-get install python3-pip cmake g++ make) and run the same command again; on Windows, run it in WSL.',
  );
}
