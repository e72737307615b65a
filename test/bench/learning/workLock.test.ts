import { expect, it } from 'vitest';
import { lockWork } from '../../../bench/learning/workLock.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

it('refuses a folder in which somebody works, and says who', () => {
  const folder = temporaryFolder();
  const first = lockWork(folder);
  expect(() => lockWork(folder)).toThrow(
    expect.objectContaining({
      name: 'CliError',
      reason: 'inUse',
      message: expect.stringContaining(`Process ${process.pid} is at work in ${folder}: `) as string,
    }),
  );
  lockWork(temporaryFolder()).dispose();
  first.dispose();
  lockWork(folder).dispose();
});
