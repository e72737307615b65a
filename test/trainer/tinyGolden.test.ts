import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KvCache } from '../../src/engine/generation/kvCache.ts';
import { loraLayout, type Adapter } from '../../src/engine/model/lora.ts';
import { servingGraph } from '../../src/engine/model/servingGraph.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { createOnnxSession } from '../../src/engine/runtime/onnxSession.ts';
import { floatsOf, floatTensor, int32Tensor, int64Tensor } from '../../src/engine/runtime/session.ts';
import { modelFamilies, modelTensors } from '../../src/engine/weights/modelConfig.ts';
import { readModelConfig } from '../../src/engine/weights/modelTexts.ts';
import { openWeightFile } from '../../src/engine/weights/weightFile.ts';
import { fitForeign } from '../../src/trainer/adapters/foreignAdapter.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { readPeftFolder } from '../../src/trainer/adapters/peftFolder.ts';
import { scoreLogProbs } from '../../src/trainer/stages/scoring.ts';
import { expectClose } from '../support/expectTensor.ts';

/** float32 on both sides, through two layers. */
const tolerance = 2e-5;

interface Golden {
  readonly tokens: readonly number[];
  /** Log-probabilities of all tokens but the first. */
  readonly base: readonly number[];
  readonly adapted: readonly number[];
}

describe.each(modelFamilies)('a tiny %s model beside transformers', (family) => {
  const folder = fileURLToPath(new URL(`../golden/tiny-${family}`, import.meta.url));
  const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Golden;
  const preferred = { rank: 4, alpha: 8 };

  async function openTiny() {
    const config = await readModelConfig(folder);
    return { config, weights: await openWeightFile(join(folder, 'model.safetensors'), config) };
  }

  /** By the graph that training scores texts with. */
  async function logProbsWith(adapterOf: (config: Parameters<typeof loraLayout>[0]) => Promise<Adapter>) {
    const { config, weights } = await openTiny();
    const { lora, theta } = await adapterOf(config);
    const model = { config, lora, layout: loraLayout(config, lora), precision: 'float32' } as const;
    const sessions = new GraphSessions((graph) =>
      createOnnxSession(graph, [weights], { purpose: 'train', threads: 1 }),
    );
    const [first, ...rest] = golden.tokens;
    const sequence = { promptTokens: [first!], completionTokens: rest, freeFrom: 0 };
    const [logProbs] = await scoreLogProbs(sessions, { model, theta }, [sequence], 1);
    await sessions.dispose();
    return logProbs!;
  }

  it('has its tensors and no others', async () => {
    const { config, weights } = await openTiny();
    expect(
      modelTensors(config)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...weights.tensors.keys()].sort());
  });

  it('scores a text with the same log-probabilities', async () => {
    const none = async (config: Parameters<typeof loraLayout>[0]) =>
      Promise.resolve({ lora: preferred, theta: new Float32Array(loraLayout(config, preferred).size) });
    expectClose(await logProbsWith(none), golden.base, tolerance);
  });

  it('serves with the same log-probabilities', async () => {
    const { config, weights } = await openTiny();
    const graph = servingGraph(config, 512, { precision: 'float32', lora: undefined });
    const session = await createOnnxSession(graph, [weights], { purpose: 'serve', threads: 1 });
    const count = golden.tokens.length - 1;
    const feeds = {
      ...new KvCache(config, 1).feeds(count),
      tokens: int32Tensor(golden.tokens.slice(0, -1), [1, count]),
      positions: int64Tensor([...Array(count).keys()], [1, count]),
      logitRows: int32Tensor([...Array(count).keys()]),
      inverseTemperature: floatTensor([1], []),
    };
    const outputs = await session.run(feeds, ['logits', 'logSumExp']);
    await session.dispose();
    const [logits, logSumExp] = [floatsOf(outputs, 'logits'), floatsOf(outputs, 'logSumExp')];
    const logProbs = golden.tokens
      .slice(1)
      .map((token, row) => logits[row * config.vocabularySize + token]! - logSumExp[row]!);
    expectClose(logProbs, golden.base, tolerance);
  });

  it('computes what TRL trained on it: another rank, scaled by its root, on three projections', async () => {
    const trained = await readPeftFolder(join(folder, 'peft'));
    expect(trained.base.name).toBe(`attune-test/tiny-${family}`);
    const fitted = await logProbsWith((config) =>
      Promise.resolve(fitForeign(trained, config, { preferred, random: RandomStream.named(1, 'lora') })),
    );
    expectClose(fitted, golden.adapted, tolerance);
    const change = golden.adapted.map((value, i) => Math.abs(value - golden.base[i]!));
    expect(Math.max(...change)).toBeGreaterThan(1);
  });
});
