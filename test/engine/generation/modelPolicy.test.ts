import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { greedyRequest, tinyPolicies, writeOne } from '../../support/tinyPolicy.ts';

const letters = (text: string): number[] => [...Buffer.from(text)];

/** A prompt that the tiny model goes on with by repeating itself. */
const prompt = letters('cabcabcabcab');

describe('ModelPolicy', () => {
  it('takes fewer runs than tokens where drafts hold', async () => {
    const policy = await (await tinyPolicies())();
    const { tokens } = await writeOne(policy, greedyRequest(prompt));
    const { passes, acceptedTokens, writtenTokens } = policy.effort;
    expect(writtenTokens).toBe(tokens.length);
    expect(acceptedTokens).toBeGreaterThan(0);
    expect(passes).toBe(tokens.length - acceptedTokens);
  });

  it('asks whether to stop after every token, also within a draft that holds', async () => {
    const policy = await (await tinyPolicies())();
    const free = await writeOne(policy, greedyRequest(prompt));
    const asked: string[] = [];
    const stopped = await writeOne(
      policy,
      greedyRequest(prompt, { shouldStop: (text) => asked.push(text) === 17 }),
    );
    expect(stopped.finish).toBe('stopped');
    expect(stopped.tokens).toEqual(free.tokens.slice(0, 17));
    expect(asked).toHaveLength(17);
  });

  it.each([1, 2, 5, 23])('writes no more than %i tokens', async (maxNewTokens) => {
    const policy = await (await tinyPolicies())();
    const { tokens, finish } = await writeOne(policy, greedyRequest(prompt, { maxNewTokens }));
    expect(tokens).toHaveLength(maxNewTokens);
    expect(finish).toBe('length');
  });

  it('gives back what was written until it was cancelled, at most one run more', async () => {
    const policy = await (await tinyPolicies())();
    const cancel = new AbortController();
    let runsWhenCancelled = 0;
    const shouldStop = (text: string): boolean => {
      if (text.length >= 3 && !cancel.signal.aborted) {
        runsWhenCancelled = policy.effort.passes;
        cancel.abort();
      }
      return false;
    };
    const { finish, tokens } = await writeOne(policy, greedyRequest(prompt, { shouldStop }), cancel.signal);
    expect(finish).toBe('cancelled');
    expect(tokens.length).toBeGreaterThan(0);
    expect(policy.effort.passes).toBe(runsWhenCancelled);
  });

  it.each([1, 3])(
    'stops %i texts within a run of the model when it is cancelled from outside',
    async (count) => {
      const policy = await (await tinyPolicies())();
      const cancel = new AbortController();
      const request = greedyRequest(prompt, { count, temperature: count === 1 ? 0 : 1, maxNewTokens: 200 });
      const writing = policy.generate(request, cancel.signal);
      // Reading a file is an event of the kind that a message of another process is.
      while (policy.effort.passes < 4) await stat(import.meta.dirname);
      const runsWhenCancelled = policy.effort.passes;
      cancel.abort();
      for (const { finish } of await writing) expect(finish).toBe('cancelled');
      expect(policy.effort.passes - runsWhenCancelled).toBeLessThanOrEqual(1);
    },
  );

  it('computes nothing for a request that was cancelled before its turn', async () => {
    const policy = await (await tinyPolicies())();
    const { finish } = await writeOne(policy, greedyRequest(prompt), AbortSignal.abort());
    expect(finish).toBe('cancelled');
    expect(policy.effort.passes).toBe(0);
  });

  it('computes only what is new when typing goes on, also behind a text it wrote itself', async () => {
    const policy = await (await tinyPolicies())();
    const { tokens } = await writeOne(policy, greedyRequest(prompt, { maxNewTokens: 8 }));
    await writeOne(policy, greedyRequest([...prompt, ...tokens, 97], { maxNewTokens: 1 }));
    expect(policy.effort.reusedTokens).toBe(prompt.length + tokens.length - 1);
  });

  it('reads a prompt ahead but for its last token, and writes the same in one run less', async () => {
    const open = await tinyPolicies();
    const [plain, prepared] = [await open(), await open()];
    const request = greedyRequest(prompt, { maxNewTokens: 5 });
    await prepared.prepare(prompt, new AbortController().signal);
    expect(prepared.effort).toMatchObject({ passes: 1, writtenTokens: 0 });
    expect(await writeOne(prepared, request)).toEqual(await writeOne(plain, request));
    expect(prepared.effort.reusedTokens).toBe(prompt.length - 1);
    await prepared.prepare(prompt, new AbortController().signal);
    expect(prepared.effort.passes).toBe(plain.effort.passes + 1);
  });

  it('reads nothing ahead that was cancelled before its turn, and stops within a run', async () => {
    const policy = await (await tinyPolicies())();
    await policy.prepare(prompt, AbortSignal.abort());
    expect(policy.effort.passes).toBe(0);
    const cancel = new AbortController();
    const long = Array.from({ length: 600 }, (_, i) => 97 + (i % 7));
    const reading = policy.prepare(long, cancel.signal);
    while (policy.effort.passes === 0) await new Promise((resolve) => setImmediate(resolve));
    cancel.abort();
    await reading;
    expect(policy.effort.passes).toBeLessThanOrEqual(2);
  });

  it('writes the same whatever stands in its caches', async () => {
    const load = await tinyPolicies();
    const used = await load();
    for (const text of ['cabcab', 'cabcabcabcabxyz', 'xyzcab', 'cabcabcabcab'])
      await writeOne(used, greedyRequest(letters(text)));
    for (const text of ['cabcabcabcab', 'xyzcabz', 'cabcabx']) {
      const request = greedyRequest(letters(text));
      expect((await writeOne(used, request)).tokens).toEqual((await writeOne(await load(), request)).tokens);
    }
  });

  it('shares one reading of the prompt between several continuations', async () => {
    const policy = await (await tinyPolicies())();
    const request = greedyRequest(prompt, { count: 4, temperature: 1, maxNewTokens: 6 });
    const generations = await policy.generate(request, new AbortController().signal);
    expect(generations).toHaveLength(4);
    // One run reads the prompt and tells the first tokens; each further run gives one token to all.
    expect(policy.effort.passes).toBe(6);
  });
});
