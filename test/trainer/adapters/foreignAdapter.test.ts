import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loraLayout, loraName, type Adapter, type LoraConfig } from '../../../src/engine/model/lora.ts';
import { mergeOf } from '../../../src/engine/model/mergedWeights.ts';
import { writeSynced } from '../../../src/engine/files.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { writeGguf } from '../../../src/engine/weights/writeGguf.ts';
import { modelTensors } from '../../../src/engine/weights/modelConfig.ts';
import {
  fitForeign,
  requireBase,
  type ForeignAdapter,
} from '../../../src/trainer/adapters/foreignAdapter.ts';
import { fitReward } from '../../../src/trainer/adapters/foreignReward.ts';
import { readGgufAdapter, writeGgufAdapter } from '../../../src/trainer/adapters/ggufAdapter.ts';
import { scoreHeadName } from '../../../src/trainer/graphs/scalarGraph.ts';
import { readPeftFolder } from '../../../src/trainer/adapters/peftFolder.ts';
import { writeTensorFile, type NamedTensor } from '../../../src/trainer/adapters/tensorFile.ts';
import { tinyConfig } from '../../support/tinyModel.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const preferred: LoraConfig = { rank: 4, alpha: 8 };
const module = 'model.layers.1.self_attn.q_proj';

const fit = (foreign: ForeignAdapter): Adapter =>
  fitForeign(foreign, tinyConfig, { preferred, random: RandomStream.named(1, 'lora') });

/** Factors of that rank on one module: element i is i + 1 for A and (i + 1) / 100 for B. */
function factors(rank: number, name = `base_model.model.${module}`): NamedTensor[] {
  const numbers = (count: number, unit: number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => (i + 1) * unit);
  return [
    { name: `${name}.lora_A.weight`, shape: [rank, 16], data: numbers(rank * 16, 1) },
    { name: `${name}.lora_B.weight`, shape: [16, rank], data: numbers(16 * rank, 0.01) },
  ];
}

async function peftFolder(tensors: readonly NamedTensor[], changes: object = {}): Promise<string> {
  const folder = join(temporaryFolder(), 'adapter');
  mkdirSync(folder);
  const config = { peft_type: 'LORA', base_model_name_or_path: 'org/tiny', r: 2, lora_alpha: 6, ...changes };
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
  await writeTensorFile(join(folder, 'adapter_model.safetensors'), tensors);
  return folder;
}

/** What an adapter adds to each weight of the model, flat. */
function changesOf(adapter: Adapter): Map<string, Float32Array> {
  const changeOf = mergeOf(tinyConfig, adapter);
  return new Map(
    modelTensors(tinyConfig).map(({ name, shape }) => {
      const rows = new Float32Array(shape.reduce((product, size) => product * size, 1));
      changeOf(name)?.(rows, 0);
      return [name, rows];
    }),
  );
}

/** scale * B·A of `factors(rank)`. */
function expectedChange(rank: number, scale: number): number[] {
  return Array.from({ length: 256 }, (_, i) => {
    const [out, inner] = [Math.floor(i / 16), i % 16];
    const terms = Array.from({ length: rank }, (_, r) => (out * rank + r + 1) * 0.01 * (r * 16 + inner + 1));
    return scale * terms.reduce((sum, term) => sum + term, 0);
  });
}

function expectOnlyChange(adapter: Adapter, expected: readonly number[]): void {
  for (const [name, change] of changesOf(adapter)) {
    if (name !== `${module}.weight`)
      expect(
        change.every((value) => value === 0),
        name,
      ).toBe(true);
    else change.forEach((value, i) => expect(value / expected[i]!).toBeCloseTo(1, 5));
  }
}

describe('a PEFT adapter of somebody else', () => {
  it.each([
    { name: 'a smaller rank on one module', rank: 2, changes: {}, scale: 3 },
    { name: 'the preferred rank', rank: 4, changes: {}, scale: 6 / 4 },
    { name: 'a larger rank', rank: 8, changes: {}, scale: 6 / 8 },
    { name: 'scaling by the root of the rank', rank: 4, changes: { use_rslora: true }, scale: 6 / 2 },
    { name: 'a random beginning', rank: 4, changes: { init_lora_weights: 'gaussian' }, scale: 6 / 4 },
    {
      name: 'an alpha of its own for some modules',
      rank: 2,
      changes: { alpha_pattern: { 'layers.1.self_attn.q_proj': 10 } },
      scale: 5,
    },
    {
      name: 'an alpha of its own for modules by their whole name',
      rank: 2,
      changes: { alpha_pattern: { '^model.layers.1.self_attn.(q|v)_proj': 10 } },
      scale: 5,
    },
    {
      name: 'an alpha of its own for modules whose name begins otherwise',
      rank: 2,
      changes: { alpha_pattern: { '^layers.1.self_attn.q_proj': 10 } },
      scale: 3,
    },
    {
      name: 'two alphas, of which the first counts',
      rank: 2,
      changes: { alpha_pattern: { 'self_attn\\..*': 10, q_proj: 20 } },
      scale: 5,
    },
    {
      name: 'an alpha of its own for other modules',
      rank: 2,
      changes: { alpha_pattern: { k_proj: 10 } },
      scale: 3,
    },
  ])('computes the same with $name', async ({ rank, changes, scale }) => {
    const adapter = fit(await readPeftFolder(await peftFolder(factors(rank), { r: rank, ...changes })));
    expect(adapter.lora.rank).toBe(Math.max(4, rank));
    expect(adapter.lora.alpha / adapter.lora.rank).toBe(2);
    expectOnlyChange(adapter, expectedChange(rank, scale));
  });

  it.each([
    module,
    `model.${module}`,
    `base_model.model.${module}`,
    'base_model.model.layers.1.self_attn.q_proj',
    'layers.1.self_attn.q_proj',
  ])('is understood when it calls its module %s', async (name) => {
    const adapter = fit(await readPeftFolder(await peftFolder(factors(2, name))));
    expectOnlyChange(adapter, expectedChange(2, 3));
  });

  it('is understood when the name of the adapter stands in its tensors', async () => {
    const tensors = factors(2).map((tensor) => ({
      ...tensor,
      name: tensor.name.replace('.weight', '.default.weight'),
    }));
    expectOnlyChange(fit(await readPeftFolder(await peftFolder(tensors))), expectedChange(2, 3));
  });

  it('can be trained further where it had no factors: A is random there and B zero', async () => {
    const { lora, theta } = fit(await readPeftFolder(await peftFolder(factors(2))));
    const { slots } = loraLayout(tinyConfig, lora);
    const sliceOf = (name: string): Float32Array => {
      const { offset, shape } = slots.find((slot) => slot.name === name)!;
      return theta.subarray(offset, offset + shape[0]! * shape[1]!);
    };
    expect(sliceOf(loraName('model.layers.0.mlp.up_proj.weight', 'A')).every((value) => value !== 0)).toBe(
      true,
    );
    expect(
      sliceOf(loraName(`${module}.weight`, 'A'))
        .subarray(32)
        .every((value) => value !== 0),
    ).toBe(true);
  });

  const [a, b] = factors(2);
  it.each([
    { name: 'another method', tensors: factors(2), changes: { peft_type: 'LOHA' }, what: /LOHA, not LORA/ },
    { name: 'DoRA', tensors: factors(2), changes: { use_dora: true }, what: /uses DoRA/ },
    { name: 'biases', tensors: factors(2), changes: { bias: 'all' }, what: /trains biases \('all'\)/ },
    {
      name: 'whole modules',
      tensors: factors(2),
      changes: { modules_to_save: ['lm_head'] },
      what: /lm_head/,
    },
    {
      name: 'a reward model',
      tensors: factors(2),
      changes: { task_type: 'SEQ_CLS' },
      what: /a reward model/,
    },
    {
      name: 'changed tokens',
      tensors: factors(2),
      changes: { trainable_token_indices: [3] },
      what: /tokens/,
    },
    {
      name: 'a beginning that changes the base model',
      tensors: factors(2),
      changes: { init_lora_weights: 'pissa_niter_4' },
      what: /begun with pissa_niter_4, which changes the base model/,
    },
    {
      name: 'replicated layers',
      tensors: factors(2),
      changes: { layer_replication: [[0, 1]] },
      what: /layer_rep/,
    },
    {
      name: 'an expression that only Python reads',
      tensors: factors(2),
      changes: { alpha_pattern: { '(?P<name>q_proj)': 10 } },
      what: /its alpha_pattern \(\?P<name>q_proj\) is no regular expression/,
    },
    { name: 'a lone factor', tensors: [a!], changes: {}, what: /q_proj has only one of two factors/ },
    { name: 'no factors', tensors: [], changes: {}, what: /no LoRA factors/ },
    { name: 'no rank', tensors: factors(2), changes: { r: 0 }, what: /its JSON cannot be read/ },
    {
      name: 'a tensor that is no factor',
      tensors: [a!, b!, { ...a!, name: 'x.lora_magnitude_vector' }],
      changes: {},
      what: /tensor x\.lora_magnitude_vector that is no LoRA factor/,
    },
    {
      name: 'a module that the model lacks',
      tensors: factors(2, 'model.layers.7.self_attn.q_proj'),
      changes: {},
      what: /the model has no model\.layers\.7\.self_attn\.q_proj\.weight/,
    },
    {
      name: 'a changed embedding',
      tensors: factors(2, 'model.embed_tokens'),
      changes: {},
      what: /only the projections of a layer can be changed/,
    },
    {
      name: 'another size',
      tensors: [a!, { ...b!, shape: [8, 4] }],
      changes: {},
      what: /as \[8, 16\] \(rank 2 and 4\), but the model has \[16, 16\]/,
    },
  ])('is refused with a sentence for $name', async ({ tensors, changes, what }) => {
    const reading = peftFolder(tensors, changes).then(readPeftFolder).then(fit);
    await expect(reading).rejects.toMatchObject({ reason: 'adapterForeign' });
    await expect(reading).rejects.toThrow(what);
  });

  it('says how it was trained where a cluster wrote it', async () => {
    const folder = await peftFolder(factors(2));
    expect((await readPeftFolder(folder)).stages).toEqual([]);
    const stages = [{ name: 'ppo', steps: 2, seconds: 9, metrics: {}, curves: { score: [-1, 0.5] } }];
    writeFileSync(join(folder, 'attune_stages.json'), JSON.stringify(stages));
    expect((await readPeftFolder(folder)).stages).toEqual(stages);
    writeFileSync(join(folder, 'attune_stages.json'), '[{}]');
    await expect(readPeftFolder(folder)).rejects.toMatchObject({ reason: 'adapterForeign' });
  });

  it('is refused where its files are missing', async () => {
    await expect(readPeftFolder(temporaryFolder())).rejects.toThrow(/adapter_config\.json cannot be read/);
  });
});

it.each([NaN, Infinity])('an adapter with a value of %d is refused', async (value) => {
  const [a, b] = factors(2);
  const folder = await peftFolder([a!, { ...b!, data: b!.data.with(3, value) }]);
  const foreign = await readPeftFolder(folder);
  expect(() => fit(foreign)).toThrow(/q_proj\.weight has a value that is no number/);
});

describe('the base model of an adapter', () => {
  const chosen = { id: 'tiny', sha256: 'a'.repeat(64), aliases: ['org/Tiny-Instruct'] };
  const on = (name?: string, sha256?: string): ForeignAdapter => ({
    ...{ path: 'x', format: 'peft', stages: [], factors: new Map() },
    base: { name, sha256 },
  });

  it.each([
    { name: 'the same hash, whatever the name', foreign: on('other', chosen.sha256), trusted: false },
    { name: 'the same name', foreign: on('tiny'), trusted: false },
    { name: 'another name of it', foreign: on('org/tiny-instruct'), trusted: false },
    { name: 'another name, when the user says so', foreign: on('org/larger'), trusted: true },
  ])('is the chosen one with $name', ({ foreign, trusted }) => {
    expect(() => requireBase(foreign, chosen, trusted)).not.toThrow();
  });

  it.each([
    {
      name: 'another hash',
      foreign: on('large', 'b'.repeat(64)),
      trusted: true,
      what: /trained on large \(weights bbbbbbbbbbbb\), and the model is tiny \(weights aaaaaaaaaaaa\)/,
    },
    {
      name: 'another name',
      foreign: on('org/larger'),
      trusted: false,
      what: /trained on org\/larger, and the model is tiny\. .* say --same-base/,
    },
    {
      name: 'no name',
      foreign: on(),
      trusted: false,
      what: /does not say which model, and the model is tiny/,
    },
  ])('is another one with $name, and both are named', ({ foreign, trusted, what }) => {
    expect(() => requireBase(foreign, chosen, trusted)).toThrow(what);
  });
});

describe.each(['llama', 'qwen2', 'qwen3'] as const)('a GGUF adapter of a %s model', (family) => {
  const config = { ...tinyConfig, family };
  const base = { name: 'tiny', sha256: 'a'.repeat(64) };
  const { size } = loraLayout(config, preferred);
  const adapter = { lora: preferred, theta: Float32Array.from({ length: size }, (_, i) => Math.sin(i)) };

  it('comes back bit for bit, with its base model', async () => {
    const path = join(temporaryFolder(), 'adapter.gguf');
    await writeGgufAdapter(path, adapter, config, base);
    const foreign = await readGgufAdapter(path, config, 'small');
    expect(foreign.base).toEqual(base);
    const random = RandomStream.named(1, 'lora');
    expect(fitForeign(foreign, config, { preferred, random })).toEqual(adapter);
  });

  it('takes the place of an older file whole', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'adapter.gguf');
    writeFileSync(path, 'older');
    await writeGgufAdapter(path, adapter, config, base);
    expect((await readGgufAdapter(path, config, 'small')).base).toEqual(base);
    expect(readdirSync(folder)).toEqual(['adapter.gguf']);
  });

  it('is refused for a model of another family', async () => {
    const path = join(temporaryFolder(), 'adapter.gguf');
    await writeGgufAdapter(path, adapter, config, base);
    const other = { ...config, family: family === 'llama' ? 'qwen2' : 'llama' } as const;
    await expect(readGgufAdapter(path, other, 'small')).rejects.toThrow(
      `it was trained on tiny of the family ${family}, and the model is small of the family ${other.family}`,
    );
  });
});

describe('a GGUF file with a damaged adapter', () => {
  it('is refused where one of two factors is gone', async () => {
    const path = join(temporaryFolder(), 'x.gguf');
    const metadata = {
      ...{ 'general.architecture': tinyConfig.family, 'general.type': 'adapter', 'adapter.type': 'lora' },
      'adapter.lora.alpha': 8,
    };
    const half = { name: 'blk.1.attn_q.weight.lora_a', shape: [4, 16], data: new Float32Array(64) };
    await writeSynced(path, (file) => writeGguf(file, metadata, [half]));
    await expect(readGgufAdapter(path, tinyConfig, 'tiny')).rejects.toThrow(
      /model\.layers\.1\.self_attn\.q_proj\.weight has only one of two factors/,
    );
  });
});

describe('a GGUF file that is no adapter', () => {
  it('is refused with what it lacks', async () => {
    const path = join(temporaryFolder(), 'x.gguf');
    writeFileSync(path, 'GGUF');
    await expect(readGgufAdapter(path, tinyConfig, 'tiny')).rejects.toThrow(/cannot be read as GGUF/);
  });
});

describe('the reward model in an adapter’s folder', () => {
  const head = (rows = 1, columns = 16): NamedTensor => ({
    name: 'base_model.model.score.weight',
    shape: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, (_, i) => i),
  });

  /** An adapter with a reward model of those tensors beside it. */
  async function withReward(tensors: readonly NamedTensor[], changes: object = {}): Promise<string> {
    const folder = await peftFolder(factors(2));
    const config = { task_type: 'SEQ_CLS', modules_to_save: ['classifier', 'score'], ...changes };
    renameSync(await peftFolder(tensors, config), join(folder, 'reward_model'));
    return folder;
  }

  it('becomes one of ours with its own rank and scale, its head behind its factors', async () => {
    const { reward } = await readPeftFolder(
      await withReward([...factors(8), head()], { r: 8, lora_alpha: 4 }),
    );
    const { theta, layout, alpha } = fitReward(reward!, tinyConfig, {
      preferred,
      random: RandomStream.named(1, 'lora'),
    });
    const slots = new Map(layout.slots.map(({ name, offset, shape }) => [name, { offset, shape }]));
    expect([alpha, slots.get(loraName(`${module}.weight`, 'A'))!.shape]).toEqual([16, [8, 16]]);
    expect([...theta.slice(slots.get(scoreHeadName)!.offset)]).toEqual([...head().data]);
    const lora = { rank: 8, alpha: alpha! };
    const change = changesOf({ lora, theta: theta.slice(0, loraLayout(tinyConfig, lora).size) });
    const found = change.get(`${module}.weight`)!;
    expectedChange(8, 0.5).forEach((value, i) => expect(found[i]).toBeCloseTo(value, 2));
  });

  it.each([
    ['no head', factors(2), {}, /it has no score head/],
    ['a head of two labels', [...factors(2), head(2)], {}, /\[2, 16\] and gives more than one number/],
    ['biases', [...factors(2), head()], { bias: 'all' }, /it trains biases/],
  ])('with %s is refused', async (_, tensors, changes, why) => {
    await expect(readPeftFolder(await withReward(tensors, changes))).rejects.toThrow(why);
  });

  it('whose head is for another width is refused', async () => {
    const { reward } = await readPeftFolder(await withReward([...factors(2), head(1, 8)]));
    const how = { preferred, random: RandomStream.named(1, 'lora') };
    expect(() => fitReward(reward!, tinyConfig, how)).toThrow(/reads 8 numbers, and the model gives 16/);
  });
});
