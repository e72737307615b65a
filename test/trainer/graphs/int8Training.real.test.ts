import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshLora, loraLayout } from '../../../src/engine/model/lora.ts';
import type { Precision } from '../../../src/engine/model/frozenLinear.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { createOnnxSession } from '../../../src/engine/runtime/onnxSession.ts';
import { floatTensor, floatsOf } from '../../../src/engine/runtime/session.ts';
import type { ModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { supervisedGraph } from '../../../src/trainer/graphs/policyGraph.ts';
import { GraphSessions } from '../../../src/trainer/graphs/graphSessions.ts';
import { tokenBatch } from '../../../src/trainer/graphs/sequenceBatch.ts';
import { openRealModel, realModels } from '../../support/realModels.ts';

/**
 * Cosine of the whole gradient to that of float32. Measured on such code: 0.977 with SmolLM2, 0.982
 * with the 0.5B.
 */
const minCosine = 0.95;
const maxLossDifference = 0.05;

const code = readFileSync(new URL('../../../src/trainer/retrainRun.ts', import.meta.url), 'utf8');
const lora = { rank: 16, alpha: 32 };

/** Loss and gradient on 32 tokens of real code behind 160 others, twice. */
async function gradients(base: ModelFolder, precision: Precision) {
  const layout = loraLayout(base.config, lora);
  const tokens = base.tokenizer.encode(code).slice(100, 292);
  const batch = tokenBatch([
    { promptTokens: tokens.slice(0, 160), completionTokens: tokens.slice(160), freeFrom: 0 },
  ]);
  const noise = RandomStream.named(2, 'factors');
  const theta = freshLora(layout, RandomStream.named(1, 'lora')).map((a) => a || 0.01 * noise.nextNormal());
  const sessions = new GraphSessions((graph) =>
    createOnnxSession(graph, [base.weights, base.int8Weights!], { purpose: 'train', threads: 2 }),
  );
  const run = async (): Promise<{ loss: number; gradient: Float32Array }> => {
    const model = { config: base.config, lora, layout, precision };
    const outputs = await sessions.run({ name: 'sft', model, graphOf: supervisedGraph }, batch, {
      inverseTemperature: floatTensor([1], []),
      weights: floatTensor(new Array<number>(batch.rowCount).fill(1 / batch.rowCount)),
      theta: floatTensor(theta),
    });
    return { loss: floatsOf(outputs, 'loss')[0]!, gradient: floatsOf(outputs, 'gradient') };
  };
  const results = [await run(), await run()] as const;
  await sessions.dispose();
  return results;
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe.each(realModels)('%s trained in int8', (id) => {
  it('has nearly the gradient of float32, and the same bits each time', async () => {
    const base = await openRealModel(id);
    const [exact] = await gradients(base, 'float32');
    const [first, second] = await gradients(base, 'int8');
    expect(second).toEqual(first);
    expect(cosine(first.gradient, exact.gradient)).toBeGreaterThan(minCosine);
    expect(Math.abs(first.loss - exact.loss) / exact.loss).toBeLessThan(maxLossDifference);
  });
});
