import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { EngineError } from '../../src/engine/errors.ts';
import { StoreError } from '../../src/feedback/errors.ts';
import { ProcessError } from '../../src/process/errors.ts';
import type { RpcNotification, RpcRequest } from '../../src/process/rpc.ts';
import { sentence } from '../../src/sentences/sentence.ts';
import { TrainerError } from '../../src/trainer/errors.ts';
import { rpcPair } from './rpcPair.ts';

const double: RpcRequest<{ readonly value: number }, { readonly doubled: number }> = {
  method: 'double',
  params: z.object({ value: z.number() }),
  result: z.object({ doubled: z.number() }),
};
const news: RpcNotification<{ readonly text: string }> = {
  method: 'news',
  params: z.object({ text: z.string() }),
};
/** The same messages from a sender that does not keep to them. */
const wrongDouble = { ...double, params: z.unknown() };
const wrongNews = { ...news, params: z.unknown() };

function listening() {
  const pair = rpcPair();
  pair.host.listen();
  pair.child.listen();
  return pair;
}

/** What `double` fails with when the other end throws `thrown`. */
async function arrives(thrown: unknown) {
  const { host, child, childLog } = listening();
  child.answer(double, () => {
    throw thrown;
  });
  const error: unknown = await host.request(double, { value: 1 }).catch((failure: unknown) => failure);
  return { error, childLog };
}

describe('a request', () => {
  it('gives the answer of the other end', async () => {
    const { host, child } = listening();
    child.answer(double, ({ value }) => ({ doubled: 2 * value }));
    expect(await host.request(double, { value: 21 })).toEqual({ doubled: 42 });
  });

  it.each([
    new EngineError(
      'modelDamaged',
      sentence`The file ${'a.gguf'} is damaged: ${sentence`it has ${7} bytes`}.`,
      { path: 'a.gguf', bytes: 7 },
    ),
    new StoreError('corrupt', sentence`The store is damaged.`, { path: 'a.sqlite' }),
    new TrainerError('noExamples', sentence`There is nothing to learn from.`, { recordCount: 0 }),
    new ProcessError('alreadyRunning', sentence`One is running.`),
  ])(
    'fails with the $name that was thrown at the other end, and that is no news for the log',
    async (thrown) => {
      const { error, childLog } = await arrives(thrown);
      expect(error).toBeInstanceOf(thrown.constructor);
      expect(error).toMatchObject({
        reason: thrown.reason,
        message: thrown.message,
        sentence: thrown.sentence,
        details: thrown.details,
      });
      expect(childLog).toEqual([]);
    },
  );

  it('fails with the message of an unexpected error, whose stack is written to the log there', async () => {
    const { error, childLog } = await arrives(new RangeError('out of range'));
    expect(error).toMatchObject({ name: 'Error', message: 'out of range' });
    expect(childLog.join()).toMatch(/double: RangeError: out of range\n +at /);
  });

  it('is refused at the other end when it is not what it should be', async () => {
    const { host, child } = listening();
    child.answer(double, ({ value }) => ({ doubled: 2 * value }));
    const asked = host.request(wrongDouble, { value: 'two' });
    await expect(asked).rejects.toMatchObject({ name: 'ProcessError', reason: 'badMessage' });
    await expect(asked).rejects.toThrow(/'double'.*at value/);
  });

  it('is refused here when its answer is not what it should be', async () => {
    const { host, child } = listening();
    child.answer({ ...double, result: z.unknown() }, () => 'two');
    await expect(host.request(double, { value: 1 })).rejects.toMatchObject({ reason: 'badMessage' });
  });

  it('fails when the talk ends before it is answered, and from then on', async () => {
    const { host } = listening();
    const asked = host.request(double, { value: 1 });
    host.dispose();
    await expect(asked).rejects.toMatchObject({ name: 'ProcessError', reason: 'died' });
    await expect(host.request(double, { value: 1 })).rejects.toMatchObject({ reason: 'died' });
  });

  it('aborts the signal of the other end when it is cancelled', async () => {
    const { host, child } = listening();
    const controller = new AbortController();
    const aborted = new Promise<void>((resolve) => {
      child.answer(double, (_, signal) => {
        controller.abort();
        return new Promise((answer) => {
          signal.addEventListener('abort', () => {
            resolve();
            answer({ doubled: 0 });
          });
        });
      });
    });
    await expect(host.request(double, { value: 1 }, controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    await aborted;
  });

  it('is not even sent when it is cancelled before', async () => {
    const { host, child } = listening();
    let asked = 0;
    child.answer(double, ({ value }) => ({ doubled: (asked += value) }));
    await expect(host.request(double, { value: 1 }, AbortSignal.abort())).rejects.toThrow();
    await host.request(double, { value: 1 });
    expect(asked).toBe(1);
  });
});

describe('a notification', () => {
  it('is heard at the other end', async () => {
    const { host, child } = listening();
    const heard = new Promise((resolve) => child.hear(news, resolve));
    host.notify(news, { text: 'hello' });
    expect(await heard).toEqual({ text: 'hello' });
  });

  it('goes to the log when it is not what it should be', async () => {
    const { host, child, childLog } = listening();
    const heard: unknown[] = [];
    const last = new Promise<void>((resolve) => {
      child.hear(news, (value) => {
        heard.push(value);
        resolve();
      });
    });
    host.notify(wrongNews, { text: 7 });
    host.notify(news, { text: 'right' });
    await last;
    expect(heard).toEqual([{ text: 'right' }]);
    expect(childLog.join()).toContain("The message 'news' between two processes");
  });

  it('is not missed when the other end is gone', () => {
    const { host, hostLog } = listening();
    host.dispose();
    host.notify(news, { text: 'hello' });
    expect(hostLog).toEqual([]);
  });
});
