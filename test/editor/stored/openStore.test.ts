import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logged, type Message } from '../../../src/editor/logger.ts';
import { openStore } from '../../../src/editor/stored/openStore.ts';
import { storeErrorFrom } from '../../../src/feedback/errors.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

function opening(path: string) {
  const warnings: string[] = [];
  const warnOnce = (message: Message) => void warnings.push(logged(message));
  const store = openStore(path, 0, { tell: (_, message) => warnOnce(message), warnOnce });
  return { store, warnings };
}

describe('openStore', () => {
  it.skipIf(process.platform === 'win32')('makes a folder that nobody else may look into', () => {
    const folder = join(temporaryFolder(), 'attune');
    const { store } = opening(join(folder, 'feedback.sqlite'));
    store?.close();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('names the store where its folder cannot be made, and says what to look at', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const path = join(file, 'attune', 'feedback.sqlite');
    const { store, warnings } = opening(path);
    expect(store).toBeUndefined();
    expect(warnings).toEqual([
      `Feedback store ${path}: It cannot be opened: look at the permissions of the file and its folder. Completions go on.`,
    ]);
    expect(existsSync(path)).toBe(false);
  });
});

it('takes what Node says of a read-only disk for a store that cannot be written', () => {
  const error = Object.assign(new Error(`ENOENT: no such file or directory, mkdir '/media/attune'`), {
    code: 'ENOENT',
  });
  expect(storeErrorFrom(error, '/media/attune/feedback.sqlite')).toMatchObject({ reason: 'notWritable' });
});
