import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { meetingFolders, privateFolder } from '../../../src/process/serving/privateFolder.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const hasModes = process.platform !== 'win32';

describe('the folder where windows meet', () => {
  it('is made so that only the user may enter it', async () => {
    const folder = join(temporaryFolder(), 'attune');
    expect(await privateFolder([folder])).toBe(folder);
    if (hasModes) expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await privateFolder([folder])).toBe(folder);
  });

  const unsafe: [string, (path: string) => void, RegExp][] = [
    ['is a file', (path) => writeFileSync(path, ''), /is no folder/],
    ['has no folder to be in', () => undefined, /cannot be used: Error: ENOENT/],
  ];
  const unsafeWithModes: typeof unsafe = [
    ['is a link, perhaps of another user', (path) => symlinkSync(temporaryFolder(), path), /is no folder/],
    ['may be entered by others', (path) => mkdirSync(path, { mode: 0o755 }), /can be entered by other users/],
  ];

  it.each([...unsafe, ...(hasModes ? unsafeWithModes : [])])(
    'is another where it %s',
    async (name, spoil, problem) => {
      const parent = name === 'has no folder to be in' ? '/no/such/folder' : temporaryFolder();
      const [spoiled, good] = [join(parent, 'attune'), join(temporaryFolder(), 'attune')];
      spoil(spoiled);
      expect(await privateFolder([spoiled, good])).toBe(good);
      await expect(privateFolder([spoiled])).rejects.toMatchObject({ reason: 'noPrivateFolder' });
      await expect(privateFolder([spoiled])).rejects.toThrow(problem);
    },
  );

  it('is another where its path is too long for a socket', async () => {
    const long = join(temporaryFolder(), 'x'.repeat(90));
    await expect(privateFolder([long])).rejects.toThrow(/has too long a path for a socket/);
  });

  it('is in the place of the session first, then among the temporary files', () => {
    const folders = meetingFolders({ XDG_RUNTIME_DIR: '/run/user/1000' });
    expect(folders[0]).toBe(join('/run/user/1000', 'attune'));
    expect(folders.slice(1)).toEqual(meetingFolders({}));
    expect(meetingFolders({ XDG_RUNTIME_DIR: '' })).toHaveLength(1);
  });
});
