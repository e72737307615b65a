import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layOutParameters } from '../../../src/engine/model/parameterLayout.ts';
import type { AdapterId } from '../../../src/engine/policy.ts';
import { withInherited } from '../../../src/trainer/adapters/learnedFrom.ts';
import { AdapterStore, newAdapterId } from '../../../src/trainer/adapters/adapterStore.ts';
import { TrainerError, type TrainerErrorReason } from '../../../src/trainer/errors.ts';
import { heldOutPlace, kept } from '../../report/sampleRun.ts';
import { saying } from '../../support/saying.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { bitsOf, tinyAdapter, tinyFit, tinyLayout } from '../adapterFixture.ts';

const [a, b, c] = ['a', 'b', 'c'] as unknown as [AdapterId, AdapterId, AdapterId];

async function storeWith(...ids: AdapterId[]) {
  const folder = temporaryFolder();
  const store = new AdapterStore(folder);
  for (const id of ids) await store.save(tinyAdapter(id));
  return { folder, store };
}

async function failureOf(work: Promise<unknown>): Promise<TrainerError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!TrainerError.is(error)) throw new Error(`expected a TrainerError, got ${String(error)}`);
  return error;
}

describe('an adapter that was saved', () => {
  it('comes back bit for bit with its manifest', async () => {
    const { store } = await storeWith(a);
    const loaded = await store.load(a, tinyFit);
    expect(bitsOf(loaded.theta)).toEqual(bitsOf(tinyAdapter(a).theta));
    const { weightsSha256, ...manifest } = loaded.manifest;
    expect(weightsSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(manifest).toEqual(tinyAdapter(a).manifest);
  });

  it('lies in a folder as PEFT reads it', async () => {
    const { folder } = await storeWith(a);
    expect(readdirSync(join(folder, a)).sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      'manifest.json',
    ]);
    expect(JSON.parse(readFileSync(join(folder, a, 'adapter_config.json'), 'utf8'))).toMatchObject({
      peft_type: 'LORA',
      task_type: 'CAUSAL_LM',
      base_model_name_or_path: 'tiny',
      r: 2,
      lora_alpha: 4,
      lora_dropout: 0,
      target_modules: ['q_proj', 'up_proj'],
      modules_to_save: null,
    });
  });

  it('names the score head of a reward model as a module that is saved whole', async () => {
    const folder = temporaryFolder();
    const layout = layOutParameters([
      ...tinyLayout.slots,
      { name: 'base_model.model.score.weight', shape: [1, 3] },
    ]);
    const theta = new Float32Array(layout.size).fill(0.5);
    const reward = { ...tinyAdapter('a'), layout, theta, peft: { alpha: 4, taskType: 'SEQ_CLS' } as const };
    await new AdapterStore(folder).save(reward);
    expect(JSON.parse(readFileSync(join(folder, 'a', 'adapter_config.json'), 'utf8'))).toMatchObject({
      task_type: 'SEQ_CLS',
      modules_to_save: ['score'],
      target_modules: ['q_proj', 'up_proj'],
    });
  });

  it('is never overwritten', async () => {
    const { store } = await storeWith(a);
    await expect(store.save(tinyAdapter(a))).rejects.toThrow(/exists already/);
  });

  it.each(['', '../a', 'A', 'a b', '.a'])('cannot be called %j', async (id) => {
    await expect(new AdapterStore(temporaryFolder()).save(tinyAdapter(id))).rejects.toThrow(/no folder name/);
  });
});

describe('loading an adapter', () => {
  const other = layOutParameters(tinyLayout.slots.slice(0, 3));
  const wider = layOutParameters(
    tinyLayout.slots.map(({ name, shape }) => ({ name, shape: shape.map((dim) => dim + 1) })),
  );
  const more = layOutParameters([...tinyLayout.slots, { name: 'another', shape: [1] }]);
  it.each([
    {
      name: 'another base model',
      fit: { ...tinyFit, baseModelId: 'large' },
      message: /trained on tiny, not on large/,
    },
    { name: 'another scale', fit: { ...tinyFit, alpha: 8 }, message: /alpha is 4, not 8/ },
    { name: 'another rank', fit: { ...tinyFit, layout: wider }, message: /is \[2, 3\], not \[3, 4\]/ },
    {
      name: 'fewer modules',
      fit: { ...tinyFit, layout: other },
      message: /4 tensors, not 3; .*up_proj.lora_B.weight is one too many/,
    },
    { name: 'more modules', fit: { ...tinyFit, layout: more }, message: /has no tensor another/ },
  ])('is refused for $name', async ({ fit, message }) => {
    const { store } = await storeWith(a);
    const error = await failureOf(store.load(a, fit));
    expect(error.reason).toBe('adapterMismatch');
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/Choose the model it was trained on, or retrain\.$/);
  });

  const damages: {
    name: string;
    damage: (folder: string) => void;
    reason: TrainerErrorReason;
    message: RegExp;
  }[] = [
    {
      name: 'truncated weights',
      damage: (folder) => writeFileSync(join(folder, 'adapter_model.safetensors'), 'short'),
      reason: 'adapterDamaged',
      message: /the SHA-256 of adapter_model\.safetensors is/,
    },
    {
      name: 'a changed byte',
      damage: (folder) => appendFileSync(join(folder, 'adapter_model.safetensors'), ' '),
      reason: 'adapterDamaged',
      message: /the SHA-256/,
    },
    {
      name: 'missing weights',
      damage: (folder) => rmSync(join(folder, 'adapter_model.safetensors')),
      reason: 'adapterDamaged',
      message: /adapter_model\.safetensors cannot be read/,
    },
    {
      name: 'a missing config',
      damage: (folder) => rmSync(join(folder, 'adapter_config.json')),
      reason: 'adapterDamaged',
      message: /adapter_config\.json cannot be read/,
    },
    {
      name: 'a broken manifest',
      damage: (folder) => writeFileSync(join(folder, 'manifest.json'), '{"formatVersion":1'),
      reason: 'adapterDamaged',
      message: /manifest\.json cannot be read/,
    },
    {
      name: 'an incomplete manifest',
      damage: (folder) => writeFileSync(join(folder, 'manifest.json'), '{"formatVersion":1}'),
      reason: 'adapterDamaged',
      message: /manifest\.json cannot be read .*adapterId/,
    },
    {
      name: 'an empty folder',
      damage: (folder) => {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
      },
      reason: 'adapterDamaged',
      message: /Roll back to another adapter, or retrain/,
    },
    {
      name: 'no folder',
      damage: (folder) => rmSync(folder, { recursive: true }),
      reason: 'adapterMissing',
      message: /There is no adapter a in/,
    },
  ];
  it.each(damages)('says what is wrong with $name', async ({ damage, reason, message }) => {
    const { folder, store } = await storeWith(a);
    damage(join(folder, a));
    const error = await failureOf(store.load(a, tinyFit));
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(message);
  });

  it('takes an adapter from elsewhere, without our hash of its weights', async () => {
    const { folder, store } = await storeWith(a);
    const path = join(folder, a, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    delete manifest['weightsSha256'];
    writeFileSync(path, JSON.stringify(manifest));
    expect(bitsOf((await store.load(a, tinyFit)).theta)).toEqual(bitsOf(tinyAdapter(a).theta));
  });
});

describe('the list of adapters', () => {
  it('is empty where there is no folder yet', async () => {
    expect(await new AdapterStore(join(temporaryFolder(), 'none')).list()).toEqual([]);
  });

  it('shows a damaged one as damaged and all others as they are', async () => {
    const { folder, store } = await storeWith(a, b, c);
    writeFileSync(join(folder, b, 'manifest.json'), '');
    writeFileSync(join(folder, 'notes.txt'), 'not ours');
    mkdirSync(join(folder, 'd.part-00000000-0000-0000-0000-000000000000'));
    const entries = await store.list();
    expect(entries).toMatchObject([
      { kind: 'adapter', id: a, manifest: { adapterId: a } },
      { kind: 'damaged', id: b },
      { kind: 'adapter', id: c },
    ]);
    expect(JSON.stringify(entries[1])).toContain('Adapter b is damaged: manifest.json cannot be read');
  });
});

describe('the records that an adapter learned from', () => {
  it('come back with it, and are not known where none were kept', async () => {
    const { store } = await storeWith(c);
    await store.save({ ...tinyAdapter(a), learnedFrom: ['r1', 'r2'] });
    expect(await store.learnedFrom(a)).toEqual(['r1', 'r2']);
    expect(await store.learnedFrom(c)).toBeUndefined();
  });

  it('are those of the adapter it began with too, and not known where those are not', () => {
    expect(withInherited(['r2', 'r3'], ['r1', 'r2'])).toEqual(['r1', 'r2', 'r3']);
    expect(withInherited(['r2'], undefined)).toBeUndefined();
  });
});

describe('the held-out work that is kept with adapters', () => {
  const places = kept(
    heldOutPlace('x = ', 'one', '', 'one', 'file:///x.ts'),
    heldOutPlace('y = ', 'two', 'two', '', 'file:///y.ts'),
  );

  async function storeWithPlaces() {
    const made = await storeWith(c);
    for (const id of [a, b]) await made.store.save(tinyAdapter(id, {}, places));
    return made;
  }
  const textsIn = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.includes('comparisons'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join();

  it('comes back with its adapter, and is nothing where none was kept', async () => {
    const { store } = await storeWithPlaces();
    expect(await store.comparisons(a)).toEqual(places);
    expect(await store.comparisons(c)).toBeUndefined();
  });

  it('is forgotten by document in every adapter', async () => {
    const { folder, store } = await storeWithPlaces();
    await store.forgetPlaces(({ documentUri }) => documentUri === 'file:///x.ts');
    for (const id of [a, b]) {
      expect(await store.comparisons(id)).toEqual({ ...kept(places.comparisons[1]!), forgotten: 1 });
    }
    expect(textsIn(folder)).not.toContain('x = ');
  });

  it('is forgotten as a whole while the adapters stay', async () => {
    const { folder, store } = await storeWithPlaces();
    await store.forgetComparisons();
    expect(textsIn(folder)).toBe('');
    expect((await store.list()).map(({ kind }) => kind)).toEqual(['adapter', 'adapter', 'adapter']);
  });

  it('is forgotten with what a killed writer left of it', async () => {
    const { folder, store } = await storeWithPlaces();
    const leftover = join(folder, a, 'comparisons.json.part-00000000-0000-0000-0000-000000000000');
    writeFileSync(leftover, 'x = ');
    await store.forgetPlaces(({ documentUri }) => documentUri === 'file:///other.ts');
    expect(existsSync(leftover)).toBe(false);
    expect(await store.comparisons(a)).toEqual(places);
  });

  it('goes as a whole where it cannot be read, since it may hold what shall be forgotten', async () => {
    const { folder, store } = await storeWithPlaces();
    writeFileSync(join(folder, a, 'comparisons.json'), '{"x": "x = "');
    expect((await failureOf(store.comparisons(a))).reason).toBe('adapterDamaged');
    await store.forgetPlaces(({ documentUri }) => documentUri === 'file:///x.ts');
    expect(await store.comparisons(a)).toBeUndefined();
  });
});

describe('the adapter that serves', () => {
  it('is none before the first promotion', async () => {
    const { store } = await storeWith(a);
    expect(await store.serving()).toEqual({});
  });

  it('is the one promoted last, and after rolling back the one before, down to the base model', async () => {
    const { folder, store } = await storeWith(a, b);
    await store.promote(a);
    await store.promote(b);
    await store.promote(b);
    expect(await new AdapterStore(folder).serving()).toEqual({ adapterId: b });
    expect(await store.rollBack()).toBe(a);
    expect(await store.serving()).toEqual({ adapterId: a });
    expect(await store.rollBack()).toBeUndefined();
    expect(await store.serving()).toEqual({});
    expect(await failureOf(store.rollBack())).toMatchObject({ reason: 'nothingToRollBack' });
  });

  it('never becomes one whose weights are damaged', async () => {
    const { folder, store } = await storeWith(a, b);
    await store.promote(a);
    writeFileSync(join(folder, b, 'adapter_model.safetensors'), 'short');
    expect(await failureOf(store.promote(b))).toMatchObject({ reason: 'adapterDamaged' });
    expect(await store.serving()).toEqual({ adapterId: a });
  });

  it('is none after rolling back to the base model where there never was another', async () => {
    const empty = new AdapterStore(join(temporaryFolder(), 'none'));
    await empty.rollBackToBase();
    expect(await empty.serving()).toEqual({});
  });

  it('is none after rolling back to the base model, and an old one after promoting it again', async () => {
    const { store } = await storeWith(a, b);
    await store.promote(a);
    await store.promote(b);
    await store.rollBackToBase();
    expect(await store.serving()).toEqual({});
    await store.promote(a);
    expect(await store.serving()).toEqual({ adapterId: a });
  });

  it('is a sound one after rolling back over a damaged one', async () => {
    const { folder, store } = await storeWith(a, b, c);
    for (const id of [a, b, c]) await store.promote(id);
    writeFileSync(join(folder, b, 'manifest.json'), 'x');
    expect(await store.rollBack()).toBe(a);
  });

  describe('after rolling back where two models were retrained', () => {
    const [x, y] = ['x', 'y'] as unknown as [AdapterId, AdapterId];

    /** Adapters a and b are of one model, x and y of another. */
    async function storeOfTwoModels(...promoted: AdapterId[]) {
      const { folder, store } = await storeWith(a, b);
      for (const id of [x, y]) await store.save(tinyAdapter(id, { baseModelId: 'other' }));
      for (const id of promoted) await store.promote(id);
      return { folder, store };
    }

    it.each<[string, AdapterId[], AdapterId | undefined, AdapterId | undefined]>([
      ['the base model, not an adapter of the other model', [a, x], undefined, undefined],
      ['the one of its model before, over those of the other', [a, x, y, b], undefined, a],
      ['never the one that was rolled back', [a, x, a], undefined, undefined],
      ['one of the model of the adapter that was named, whatever was promoted since', [a, b, x], b, a],
      ['the newest of its model where the adapter that was named is not in the history', [a, x], b, a],
    ])('is %s', async (_, promoted, from, expected) => {
      const { store } = await storeOfTwoModels(...promoted);
      expect(await store.rollBack(from)).toBe(expected);
      expect((await store.serving()).adapterId).toBe(expected);
    });

    it('is any sound one where nothing says of which model the damaged one was', async () => {
      const { folder, store } = await storeOfTwoModels(x, a);
      writeFileSync(join(folder, a, 'manifest.json'), 'x');
      expect(await store.rollBack()).toBe(x);
    });
  });

  it.each([
    {
      name: 'damaged',
      damage: (folder: string) => writeFileSync(join(folder, b, 'manifest.json'), 'x'),
      reason: 'adapterDamaged',
    },
    {
      name: 'missing',
      damage: (folder: string) => rmSync(join(folder, b), { recursive: true }),
      reason: 'adapterMissing',
    },
  ])('stays when the one to promote is $name', async ({ damage, reason }) => {
    const { folder, store } = await storeWith(a, b);
    await store.promote(a);
    damage(folder);
    expect(await failureOf(store.promote(b))).toMatchObject({ reason });
    expect(await store.serving()).toEqual({ adapterId: a });
  });

  it.each(['', '{"formatVersion":1,"history":"a"}', '{"formatVersion":2,"history":[]}'])(
    'is the base model, with the reason, when the pointer says %j',
    async (text) => {
      const { folder, store } = await storeWith(a);
      writeFileSync(join(folder, 'active.json'), text);
      const found = await store.serving();
      expect(found.adapterId).toBeUndefined();
      expect(found.problem).toEqual(saying(/active\.json cannot be read, so the base model serves/));
      await store.promote(a);
      expect(await store.serving()).toEqual({ adapterId: a });
    },
  );
});

describe('leftovers of a killed writer', () => {
  it('go with the next save and nothing else does', async () => {
    const { folder, store } = await storeWith(a);
    const mark = '.part-0a1b2c3d-0000-0000-0000-000000000000';
    mkdirSync(join(folder, `b${mark}`));
    writeFileSync(join(folder, `active.json${mark}`), '');
    writeFileSync(join(folder, 'notes.part-1'), '');
    await store.save(tinyAdapter(c));
    expect(readdirSync(folder).sort()).toEqual(['a', 'c', 'notes.part-1']);
    expect(existsSync(join(folder, a, 'manifest.json'))).toBe(true);
  });
});

describe('newAdapterId', () => {
  it('is a folder name that sorts by time', () => {
    expect(newAdapterId(0, 'abcdef0123')).toBe('1970-01-01-00-00-00-abcdef01');
    expect(newAdapterId(1e12, 'a') > newAdapterId(9e11, 'b')).toBe(true);
  });

  it('tells two imports of one moment apart', () => {
    const ids = (['peft', 'gguf'] as const).map((format) =>
      newAdapterId(0, 'abcdef0123', { format, path: `/tmp/${format}` }),
    );
    expect(ids.map((id) => id.slice(0, 20))).toEqual(Array(2).fill('1970-01-01-00-00-00-'));
    expect(ids[0]).not.toBe(ids[1]);
  });
});
