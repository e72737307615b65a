import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importSettings } from '../../src/cli/importCommand.ts';
import { defaultLimits, modelName } from '../../src/cli/options.ts';
import { parseSettings, settingsAt } from '../../src/editor/settings/settings.ts';
import { openFeedbackStore } from '../../src/feedback/storing/sqliteFeedbackStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attune } from './attune.ts';

describe('options', () => {
  it('have the limits of an editor where nothing is set or measured', () => {
    const { settings } = parseSettings(() => undefined);
    expect(settingsAt(settings, undefined)).toMatchObject(defaultLimits);
  });

  it('say how much of a document the gate shows both policies, and what is refused', async () => {
    const options = { data: '/data', model: 'tiny', seed: 1, threads: 1, maxPromptTokens: 1024 };
    expect(importSettings('/adapter', options, {})).toMatchObject({
      maxPromptTokens: 1024,
      maxNewTokens: 64,
      ...{ learnFrom: { workspaceFolders: [] }, projectCode: true },
    });
    const inFolder = importSettings('/adapter', { ...options, workspace: ['.'] }, {});
    expect(inFolder.learnFrom.workspaceFolders).toEqual([process.cwd()]);
    for (const command of [['adapters', 'import', 'a'], ['retrain'], ['cluster', 'submit', 'job']]) {
      const { error } = await attune([...command, '--max-prompt-tokens', '32']);
      expect(error, command.join(' ')).toMatchObject({ code: 'commander.invalidArgument' });
    }
  });

  it('name a model file by where it lies, and any other model as the user does', () => {
    const path = join(temporaryFolder(), 'model.gguf');
    writeFileSync(path, '');
    expect(modelName(relative(process.cwd(), path))).toBe(path);
    expect(modelName('smollm2-135m')).toBe('smollm2-135m');
    expect(modelName('no-such-model')).toBe('no-such-model');
  });

  it.each(['retrain', 'adapters import . --on-top'])(
    'are refused where Git has no folder to look into: %s',
    async (command) => {
      const data = temporaryFolder();
      openFeedbackStore(join(data, 'feedback.sqlite'), 0).store.close();
      const options = ['--git-history', '--data', data, '--model', '/no/such/model'];
      const { error } = await attune([...command.split(' '), ...options]);
      const message = expect.stringContaining('--workspace') as string;
      expect(error).toMatchObject({ reason: 'badOptions', message });
    },
  );
});
