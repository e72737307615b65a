import type { Policy } from '../policy.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Code that devices are tried with: what is computed does not depend on what it says. */
const sampleLines = `import { readFile } from 'node:fs/promises';

/** The words of a text, in lower case. */
export function wordsOf(text) {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

/** How often each word occurs, the most frequent first. */
export async function countWords(path) {
  const counts = new Map();
  for (const word of wordsOf(await readFile(path, 'utf8'))) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

for (const [word, count] of await countWords(process.argv[2])) {
  console.log(word, count);
}
`.split('\n');

/** A short prompt for a test of agreement: long enough for several blocks of any kernel. */
export function trialTokens(tokenizer: Tokenizer): readonly number[] {
  return tokenizer.encode(sampleLines.slice(0, 12).join('\n')).slice(0, 72);
}

/** Tokens that most completions have; reading the prompt weighs about as much. */
const completionTokens = 16;

/** Runs after the first, which compiles kernels; the fastest counts, as other programs only make it slower. */
const timedRuns = 2;

/** Milliseconds of one short completion behind a prompt that the policy has not seen. */
export async function timeCompletion(policy: Policy): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= timedRuns; run++) {
    // Another first line each time, so that nothing of the prompt is known already.
    const lines = [...sampleLines.slice(run * 3), ...sampleLines.slice(0, run * 3)];
    const startMs = performance.now();
    await policy.generate(requestFor(policy, lines.join('\n')), new AbortController().signal);
    times.push(performance.now() - startMs);
  }
  return Math.min(...times.slice(1));
}

function requestFor(policy: Policy, text: string) {
  return {
    promptTokens: policy.tokenizer.encode(text),
    typedText: '',
    count: 1,
    temperature: 0,
    maxNewTokens: completionTokens,
    seed: 1,
  };
}
