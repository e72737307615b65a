import { describe, expect, it, onTestFinished } from 'vitest';
import { ensureModelFolder } from '../../../src/engine/catalogue/ensureModelFolder.ts';
import { KvCache } from '../../../src/engine/generation/kvCache.ts';
import {
  createServingSession,
  loadPolicy,
  type BaseModel,
  type ModelPolicy,
} from '../../../src/engine/generation/modelPolicy.ts';
import { TokenPasses } from '../../../src/engine/generation/tokenPasses.ts';
import { policyIdOf, type GenerateRequest, type Generation } from '../../../src/engine/policy.ts';
import { ensureInt8Weights, openInt8Weights } from '../../../src/engine/weights/int8Weights.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { greedyRequest, writeOne } from '../../support/tinyPolicy.ts';

const convert = { signal: new AbortController().signal, onProgress: () => undefined };
const prompts = ['cab', 'f(x) {', 'return', 'a = b + ', '    '].map((text) => [...Buffer.from(text)]);
const isAscii = (token: number): boolean => token < 0x80 || token === 256;

/** A tiny model as it is served, its head in two parts, and the same with its head in one. */
async function bothModels(): Promise<{ readonly parted: BaseModel; readonly whole: BaseModel }> {
  const parted = await openModelFolder(await ensureModelFolder(await writeTinyModelFolder(), convert));
  const folder = temporaryFolder();
  const { bits } = parted.int8Weights!;
  const source = { config: parted.config, weightPath: parted.weights.path, bits };
  await ensureInt8Weights(folder, source, convert);
  return { parted, whole: { ...parted, int8Weights: await openInt8Weights(folder, source) } };
}

async function policiesOfBoth(): Promise<{ readonly parted: ModelPolicy; readonly whole: ModelPolicy }> {
  const models = await bothModels();
  const load = (model: BaseModel) => loadPolicy(model, { id: policyIdOf('tiny', undefined), threads: 1 });
  const policies = { parted: await load(models.parted), whole: await load(models.whole) };
  onTestFinished(async () => {
    for (const policy of Object.values(policies)) await policy.dispose();
  });
  return policies;
}

function expectSame(actual: Generation, expected: Generation): void {
  expect(actual.tokens).toEqual(expected.tokens);
  actual.logProbs.forEach((logProb, i) => expect(logProb).toBeCloseTo(expected.logProbs[i]!, 5));
}

const forms: readonly (readonly [string, Partial<GenerateRequest>])[] = [
  ['greedily', {}],
  ['greedily behind typed text', { typedText: 'ab' }],
  ['by sampling', { temperature: 1 }],
  ['by sampling behind typed text', { temperature: 0.8, typedText: 'a' }],
];

describe('a head in two parts', () => {
  it.each(forms)('writes %s what a head in one does', async (_, options) => {
    const { parted, whole } = await policiesOfBoth();
    for (const prompt of prompts) {
      const request = greedyRequest(prompt, options);
      expectSame(await writeOne(parted, request), await writeOne(whole, request));
    }
  });

  it('leaves tokens beyond ASCII out where only ASCII is wanted, also behind typed text', async () => {
    const { parted } = await policiesOfBoth();
    for (const typedText of ['', 'ab']) {
      const requests = prompts.map((prompt) => greedyRequest(prompt, { typedText }));
      const free = await Promise.all(requests.map((request) => writeOne(parted, request)));
      expect(free.flatMap(({ tokens }) => tokens).every(isAscii)).toBe(false);
      for (const request of requests) {
        const { tokens, text } = await writeOne(parted, { ...request, onlyAscii: true });
        expect(tokens.every(isAscii)).toBe(true);
        expect(Buffer.from(tokens.filter((token) => token < 256)).toString()).toBe(`${typedText}${text}`);
      }
    }
  });
});

describe('what is told of tokens of ASCII alone', () => {
  it('are their logits, and the likeliest with its share among them', async () => {
    const models = await bothModels();
    const rows = prompts.map((prompt) => [...prompt, 0xc3]);
    for (const row of rows) {
      const pass = { tokens: [row], wantedRows: 2, temperature: 0, needsLogits: true };
      const run = async (model: BaseModel, onlyAscii: boolean) => {
        const session = await createServingSession(model, { threads: 1 });
        const passes = new TokenPasses(model.config, session, undefined, model.int8Weights?.split);
        const next = await passes.run(new KvCache(model.config, 1), { ...pass, onlyAscii });
        await session.dispose();
        return next;
      };
      const [told, all] = [await run(models.parted, true), await run(models.whole, false)];
      told.forEach(({ likeliest, logits }, i) => {
        const ascii = Array.from(all[i]!.logits!.keys()).filter(isAscii);
        const of = (token: number): number => all[i]!.logits![token]!;
        const best = ascii.reduce((top, token) => (of(token) > of(top) ? token : top));
        expect(likeliest.token).toBe(best);
        const total = ascii.reduce((sum, token) => sum + Math.exp(of(token) - of(best)), 0);
        expect(likeliest.logProb).toBeCloseTo(-Math.log(total), 5);
        expect(logits![0xc3]).toBe(-Infinity);
        for (const token of ascii) expect(logits![token]).toBe(of(token));
      });
    }
  });
});
