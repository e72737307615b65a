import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import type { OnModelProgress } from '../weights/progress.ts';

/** What a file must be. */
export interface ExpectedFile {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** Bytes per read: hashing is then as fast as the disk. */
const readBytes = 1 << 20;

/** What is wrong with the file at `path`, with both numbers, or undefined when it is the expected one. */
export async function findMismatch(
  path: string,
  expected: ExpectedFile,
  { signal, onProgress }: { signal: AbortSignal; onProgress: OnModelProgress },
): Promise<Sentence | undefined> {
  const { size } = await stat(path);
  if (size !== expected.bytes) return sentence`it has ${size} bytes where ${expected.bytes} are expected`;
  const hash = createHash('sha256');
  let doneBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: readBytes, signal })) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    doneBytes += bytes.length;
    onProgress({ phase: 'verify', doneBytes, totalBytes: size });
  }
  const sha256 = hash.digest('hex');
  return sha256 === expected.sha256
    ? undefined
    : sentence`its SHA-256 is ${sha256} where ${expected.sha256} is expected`;
}
