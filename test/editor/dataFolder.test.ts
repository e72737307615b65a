import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataPaths } from '../../src/editor/dataFolder.ts';

it('puts everything below the folder that VS Code keeps, or the one that ATTUNE_DATA names', () => {
  expect(dataPaths('kept', {}).store).toBe(join('kept', 'feedback.sqlite'));
  // Else it would be the folder that VS Code happens to run in.
  expect(dataPaths('kept', { ATTUNE_DATA: '' }).store).toBe(join('kept', 'feedback.sqlite'));
  expect(dataPaths('kept', { ATTUNE_DATA: 'mine' })).toEqual({
    store: join('mine', 'feedback.sqlite'),
    adapters: join('mine', 'adapters'),
    checkpoint: join('mine', 'checkpoint'),
    wanted: join('mine', 'completion-wanted'),
    lastEvent: join('mine', 'last-event'),
    problems: join('mine', 'problems.json'),
    cluster: join('mine', 'cluster'),
  });
});
