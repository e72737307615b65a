import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { storeTinyWork } from '../process/tinyWork.ts';
import { modelToConvert } from '../support/modelToConvert.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attune } from './attune.ts';

it('shows how far the model is where that has to be brought before an export', async () => {
  const [data, model] = [temporaryFolder(), modelToConvert()];
  storeTinyWork(join(data, 'feedback.sqlite'));
  const job = join(temporaryFolder(), 'job');
  const shown = new Set<string>();
  const { error, finished } = await attune(
    [
      ...['cluster', 'export', job, '--data', data, '--model', model],
      ...['--base-path', '/models/tiny', '--storage', '/shared'],
    ],
    { onProgress: (label) => shown.add(label) },
  );
  expect(error).toBeUndefined();
  expect(existsSync(join(job, 'sft.jsonl'))).toBe(true);
  expect([[...shown], finished]).toEqual([['tiny.gguf'], ['tiny.gguf']]);
});
