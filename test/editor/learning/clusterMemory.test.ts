import { describe, expect, it } from 'vitest';
import { ClusterMemory } from '../../../src/editor/learning/clusterMemory.ts';

async function done(work: unknown): Promise<void> {
  await work;
}

/** A memory over plain maps, as VS Code keeps them: an empty secret is none. */
function emptyMemory() {
  const values = new Map<string, unknown>();
  const secrets = new Map<string, string>();
  const memory = new ClusterMemory(
    { get: (key) => values.get(key), update: (key, value) => done(values.set(key, value)) },
    {
      get: (key) => Promise.resolve(secrets.get(key) || undefined),
      store: (key, value) => done(secrets.set(key, value)),
      delete: (key) => done(secrets.delete(key)),
    },
  );
  return { memory, values, secrets };
}

const url = 'https://ray.example:8265/sub/';

describe('the memory of clusters', () => {
  it('keeps a token among the secrets alone, for whatever path of its address', async () => {
    const { memory, values } = emptyMemory();
    await memory.keepToken(url, 'secret');
    expect(await memory.tokenFor('https://ray.example:8265')).toBe('secret');
    expect(await memory.tokenFor('https://ray.example')).toBeUndefined();
    expect(JSON.stringify([...values])).not.toContain('"secret"');
  });

  it('knows that a cluster wants no token', async () => {
    const { memory } = emptyMemory();
    await memory.keepToken(url, '');
    expect(await memory.tokenFor(url)).toBe('');
  });

  it('forgets all tokens, and says whose they were', async () => {
    const { memory, secrets } = emptyMemory();
    await memory.keepToken(url, 'one');
    await memory.keepToken('http://127.0.0.1:1', 'two');
    expect(await memory.forgetTokens()).toEqual(['https://ray.example:8265', 'http://127.0.0.1:1']);
    expect(secrets.size).toBe(0);
    expect(await memory.forgetTokens()).toEqual([]);
  });

  it('keeps the job that is not done, without its token', async () => {
    const { memory, values } = emptyMemory();
    await memory.keepJob('job', { url, isPlainMeant: true, token: 'secret' });
    expect(memory.job).toEqual({ id: 'job', address: { url, isPlainMeant: true } });
    expect(JSON.stringify([...values])).not.toContain('secret');
    await memory.dropJob();
    expect(memory.job).toBeUndefined();
  });

  it('takes what it cannot read for nothing', () => {
    const { memory, values } = emptyMemory();
    values.set('attune.cluster.job', { id: 3 }).set('attune.cluster.plan', 'x');
    expect([memory.job, memory.plan]).toEqual([undefined, undefined]);
  });
});
