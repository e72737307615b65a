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

/** Tokens that most completions have. */
const completionTokens = 16;

/** Runs after the first, which compiles kernels; the fastest counts, as other programs only make it slower. */
const timedRuns = 2;

/** How quick a policy is. */
export interface Speed {
  /** Of a prompt of which nothing is known yet. */
  readonly promptTokensPerSecond: number;
  /** Milliseconds for each token written, as it is served: with drafts. */
  readonly msPerToken: number;
}

/** Milliseconds of one short completion: an unknown prompt read, and so many tokens written. */
export async function timeCompletion(policy: Policy): Promise<number> {
  const runs = await timeRuns(policy, new AbortController().signal);
  return Math.min(...runs.map(({ promptMs, msPerToken }) => promptMs + msPerToken * completionTokens));
}

/** How quick a policy is at the same short completion. Aborting the signal ends it with that signal's reason. */
export async function measureSpeed(policy: Policy, signal: AbortSignal): Promise<Speed> {
  const runs = await timeRuns(policy, signal);
  return {
    promptTokensPerSecond: Math.max(...runs.map(({ tokens, promptMs }) => (1000 * tokens) / promptMs)),
    msPerToken: Math.min(...runs.map(({ msPerToken }) => msPerToken)),
  };
}

interface TimedRun {
  /** Of the prompt. */
  readonly tokens: number;
  readonly promptMs: number;
  readonly msPerToken: number;
}

/** The runs that count. */
async function timeRuns(policy: Policy, signal: AbortSignal): Promise<TimedRun[]> {
  const runs: TimedRun[] = [];
  for (let run = 0; run <= timedRuns; run++) runs.push(await timeOnce(policy, run, signal));
  return runs.slice(1);
}

/** Another first line each time, so that nothing of the prompt is known already. */
async function timeOnce(policy: Policy, run: number, signal: AbortSignal): Promise<TimedRun> {
  const lines = [...sampleLines.slice(run * 3), ...sampleLines.slice(0, run * 3)];
  const promptTokens = policy.tokenizer.encode(lines.join('\n'));
  const request = { promptTokens, typedText: '', count: 1, temperature: 0, seed: 1 };
  const write = async (maxNewTokens: number): Promise<{ ms: number; tokenCount: number }> => {
    const startMs = performance.now();
    const [written] = await policy.generate({ ...request, maxNewTokens }, signal);
    signal.throwIfAborted();
    return { ms: performance.now() - startMs, tokenCount: written!.tokens.length };
  };
  const prompt = await write(1);
  const rest = await write(completionTokens);
  return { tokens: promptTokens.length, promptMs: prompt.ms, msPerToken: rest.ms / rest.tokenCount };
}
