import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { lockRetraining } from '../../../src/process/training/retrainingLock.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

it('refuses a second retraining until the first one is done', () => {
  const path = join(temporaryFolder(), 'new folder', 'checkpoint.lock');
  const first = lockRetraining(path);
  expect(existsSync(path)).toBe(true);
  expect(() => lockRetraining(path)).toThrow(
    'A retraining, or an import or export of an adapter, is running already, here or in another window.',
  );
  first.dispose();
  lockRetraining(path).dispose();
});

it.skipIf(process.platform === 'win32')('makes a folder that nobody else may look into', () => {
  const path = join(temporaryFolder(), 'attune', 'checkpoint.lock');
  lockRetraining(path).dispose();
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
});
