import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits, modelName } from '../../src/cli/options.ts';
import { parseSettings, settingsAt } from '../../src/editor/settings.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('options', () => {
  it('have the limits of an editor where nothing is set or measured', () => {
    const { settings } = parseSettings(() => undefined);
    expect(settingsAt(settings, undefined)).toMatchObject(defaultLimits);
  });

  it('name a model file by where it lies, and any other model as the user does', () => {
    const path = join(temporaryFolder(), 'model.gguf');
    writeFileSync(path, '');
    expect(modelName(relative(process.cwd(), path))).toBe(path);
    expect(modelName('smollm2-135m')).toBe('smollm2-135m');
    expect(modelName('no-such-model')).toBe('no-such-model');
  });
});
