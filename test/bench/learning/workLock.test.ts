import { expect, it, vi } from 'vitest';
import { lockWork, whenLeft } from '../../../bench/learning/workLock.ts';
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

/** A terminal that shows nothing, and tells what it would have shown. */
function quietTerminal(signal = new AbortController().signal) {
  const update = vi.fn();
  return { terminal: { signal, showProgress: () => ({ update, finish: () => undefined }) }, update };
}

it('waits until a folder is left by whoever works in it, and says so', async () => {
  const folder = temporaryFolder();
  const { terminal, update } = quietTerminal();
  await whenLeft(folder, terminal);
  expect(update).not.toHaveBeenCalled();
  const first = lockWork(folder);
  update.mockImplementationOnce(() => first.dispose());
  await whenLeft(folder, terminal);
  expect(update).toHaveBeenCalledOnce();
});

it('waits no longer when it is cancelled', async () => {
  const folder = temporaryFolder();
  const first = lockWork(folder);
  const { terminal } = quietTerminal(AbortSignal.abort());
  await expect(whenLeft(folder, terminal)).rejects.toMatchObject({ name: 'AbortError' });
  first.dispose();
});
