import { readFileSync } from 'node:fs';
import { KvCache } from '../../src/engine/generation/kvCache.ts';
import { maxTextTokens } from '../../src/engine/generation/modelPolicy.ts';
import { TokenPasses } from '../../src/engine/generation/tokenPasses.ts';
import type { Precision } from '../../src/engine/model/frozenLinear.ts';
import { servingGraph } from '../../src/engine/model/servingGraph.ts';
import { createOnnxSession } from '../../src/engine/runtime/onnxSession.ts';
import type { ModelFolder } from '../../src/engine/weights/modelFolder.ts';

/**
 * Real code, by an author that no replayed project has: four files of this one as they stood on 29 November 2026. They are
 * copies, because a loss that is compared from run to run must not move with what is committed. The first three windows
 * of each are read.
 */
export const otherAuthorSamples: Readonly<Record<string, string>> = Object.fromEntries(
  ['graphBuilder.ts', 'random.ts', 'make_model_golden.py', 'check_conversion.py'].map((name) => [
    name,
    readFileSync(new URL(`otherAuthor/${name}.txt`, import.meta.url), 'utf8'),
  ]),
);

const windowTokens = 256;

/**
 * Mean negative log-probability of the samples' tokens, in nats.
 *
 * @param onWindow told how many of the windows are read; what it throws ends the reading.
 */
export async function tokenLoss(
  model: ModelFolder,
  precision: Precision,
  onWindow: (done: number, total: number) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const int8Weights = precision === 'int8' ? model.int8Weights : undefined;
  const split = int8Weights?.split;
  const graph = servingGraph(model.config, maxTextTokens, { precision, lora: undefined, split });
  const files = int8Weights === undefined ? [model.weights] : [model.weights, int8Weights];
  const session = await createOnnxSession(graph, files, { purpose: 'train', threads: 2 });
  const passes = new TokenPasses(model.config, session, undefined, split);
  const windows = Object.values(otherAuthorSamples).flatMap((text) =>
    windowsOf(model.tokenizer.encode(text)).slice(0, 3),
  );
  let [loss, count] = [0, 0];
  try {
    for (const [index, tokens] of windows.entries()) {
      const losses = await lossesOf(tokens, new KvCache(model.config, 1), passes);
      loss += losses.reduce((sum, one) => sum + one, 0);
      count += losses.length;
      await onWindow(index + 1, windows.length);
    }
    return loss / count;
  } finally {
    await session.dispose();
  }
}

/** Of each token but the first. */
async function lossesOf(tokens: readonly number[], cache: KvCache, passes: TokenPasses): Promise<number[]> {
  const wanted = { wantedRows: tokens.length, temperature: 0, needsLogits: true, onlyAscii: false };
  const next = await passes.run(cache, { ...wanted, tokens: [tokens] });
  return next.slice(0, -1).map(({ logSumExp, logits }, row) => logSumExp - logits![tokens[row + 1]!]!);
}

function windowsOf(tokens: readonly number[]): number[][] {
  const count = Math.floor(tokens.length / windowTokens);
  return Array.from({ length: count }, (_, i) => tokens.slice(i * windowTokens, (i + 1) * windowTokens));
}
