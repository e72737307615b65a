import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits, modelName } from '../../src/cli/options.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

interface ExtensionManifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}

describe('options', () => {
  it('have the editor’s own limits', () => {
    const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
    const { properties } = (JSON.parse(text) as ExtensionManifest).contributes.configuration;
    for (const [name, limit] of Object.entries(defaultLimits))
      expect(properties[`attune.${name}`]?.default).toBe(limit);
  });

  it('name a model file by where it lies, and any other model as the user does', () => {
    const path = join(temporaryFolder(), 'model.gguf');
    writeFileSync(path, '');
    expect(modelName(relative(process.cwd(), path))).toBe(path);
    expect(modelName('smollm2-135m')).toBe('smollm2-135m');
    expect(modelName('no-such-model')).toBe('no-such-model');
  });
});
