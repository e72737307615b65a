import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { hasCode } from '../../engine/files.ts';
import { noPrivateFolder } from '../errors.ts';

/** Permission bits of everybody but the owner. */
const othersBits = 0o077;

/** The shortest limit of a socket's path is macOS's, 103 bytes; so much of it is for the name in the folder. */
const maxPathBytes = 103 - '/0123456789abcdef.sock'.length;

/** What decides where the engine and the windows of a user meet. */
export type MeetingEnvironment = Readonly<Partial<Record<'XDG_RUNTIME_DIR', string | undefined>>>;

/**
 * Where a folder of the user's own may be for what lives as long as a session: the system's place
 * for that where there is one, then the one for temporary files.
 */
export function meetingFolders(environment: MeetingEnvironment = process.env): string[] {
  const uid = process.getuid?.();
  const temporary = join(tmpdir(), uid === undefined ? 'attune' : `attune-${uid}`);
  return environment.XDG_RUNTIME_DIR ? [join(environment.XDG_RUNTIME_DIR, 'attune'), temporary] : [temporary];
}

/**
 * The first of these folders that only this user may enter, made where it is not there yet. Throws
 * ProcessError 'noPrivateFolder'. On Windows the user's own temporary folder keeps others out by
 * itself.
 */
export async function privateFolder(candidates: readonly string[]): Promise<string> {
  const problems: Sentence[] = [];
  for (const folder of candidates) {
    const problem = await problemOf(folder);
    if (problem === undefined) return folder;
    problems.push(problem);
  }
  throw noPrivateFolder(problems);
}

async function problemOf(folder: string): Promise<Sentence | undefined> {
  if (Buffer.byteLength(folder) > maxPathBytes) return sentence`${folder} has too long a path for a socket`;
  try {
    await makeFolder(folder);
    const found = await lstat(folder);
    if (!found.isDirectory()) return sentence`${folder} is no folder`;
    if (process.getuid === undefined) return undefined;
    if (found.uid !== process.getuid()) return sentence`${folder} belongs to another user`;
    return (found.mode & othersBits) === 0 ? undefined : sentence`${folder} can be entered by other users`;
  } catch (error) {
    return sentence`${folder} cannot be used: ${String(error)}`;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}
