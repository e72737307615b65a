import { join } from 'node:path';
import { openFeedbackReader } from '../../src/feedback/sqliteFeedbackReader.ts';
import { useVsCode, type VsCode, type VsCodeRun } from './useVsCode.ts';

const projectFolder = join(import.meta.dirname, '..', '..');

/** A VS Code with Attune in it, on a small project, with the smallest real model. */
export function productVsCode(env: Readonly<Record<string, string>> = {}, settings: object = {}): () => VsCode {
  return useVsCode({
    extensionFolder: projectFolder,
    workspaceFolder: join(import.meta.dirname, 'fixtures', 'product-workspace'),
    openFile: 'lists.js',
    settings: { 'attune.model': 'smollm2-135m', ...settings },
    env: ({ scratchFolder }: VsCodeRun) => ({ ATTUNE_DATA: scratchFolder, ...env }),
  });
}

/** Every completion in the store of a data folder. */
export function storedFeedback(dataFolder: string) {
  const reader = openFeedbackReader(join(dataFolder, 'feedback.sqlite'));
  const all = { completions: reader.completions().map(({ text, outcome, evidence, shownMs, noCompletionReason }) => ({ text, outcome, evidence, shownMs, noCompletionReason })), counts: reader.counts() };
  reader.close();
  return all;
}
