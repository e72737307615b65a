import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { contextAround, cursorLineOf, isMidWord, normaliseContext } from '../../src/completion/context.ts';
import { buildPrompt } from '../../src/completion/prompt.ts';
import { SuffixSnapshots } from '../../src/completion/suffixSnapshot.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { openRealModel } from '../support/realModels.ts';
import { typedStates } from '../support/typedKeys.ts';

/** Files whose middle is typed again, and the lines of it: copies, as this project's own were on one day. */
const files = [
  { path: 'typed/completionTracker.ts.txt', from: 60, to: 100 },
  { path: 'typed/retrainRun.ts.txt', from: 63, to: 103 },
  { path: 'typed/make_model_golden.py.txt', from: 55, to: 95 },
] as const;

const maxPromptTokens = 512;

/** Prompts at every key where a completion would be asked. */
function* promptsWhileTyping(file: (typeof files)[number], tokenizer: Tokenizer, takesSnapshots: boolean) {
  const lines = readFileSync(new URL(file.path, import.meta.url), 'utf8').split(/(?<=\n)/);
  const part = (from: number, to?: number): string => lines.slice(from, to).join('');
  const snapshots = new SuffixSnapshots();
  const typed = part(file.from, file.to).trimEnd();
  for (const { prefix, suffix } of typedStates(part(0, file.from), typed, `\n${part(file.to)}`)) {
    const context = contextAround(prefix + suffix, prefix.length);
    const place = { documentUri: file.path, suffix: context.suffix, offset: prefix.length };
    if (isMidWord(cursorLineOf(context))) continue;
    const shown = takesSnapshots ? { ...context, suffix: snapshots.take(place) } : context;
    yield buildPrompt(normaliseContext(shown), tokenizer, maxPromptTokens).promptTokens;
  }
}

/** Which share of all prompt tokens stood at the same place in the prompt before. */
function reuseShare(prompts: Iterable<readonly number[]>): number {
  let before: readonly number[] = [];
  let [kept, all] = [0, 0];
  for (const prompt of prompts) {
    const differs = prompt.findIndex((token, i) => token !== before[i]);
    kept += differs === -1 ? prompt.length : differs;
    all += prompt.length;
    before = prompt;
  }
  return kept / all;
}

describe('the prompts while one types', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    ({ tokenizer } = await openRealModel('qwen2.5-coder-0.5b'));
  });

  it.each(files)('are 98.5 % what was computed before, in $path', (file) => {
    const withSnapshots = reuseShare(promptsWhileTyping(file, tokenizer, true));
    const without = reuseShare(promptsWhileTyping(file, tokenizer, false));
    expect(withSnapshots).toBeGreaterThan(0.985);
    expect(1 - withSnapshots).toBeLessThan((1 - without) / 5);
  });
});
