import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicy, maxTextTokens, type ModelPolicy } from '../../../src/engine/generation/modelPolicy.ts';
import { KvCache } from '../../../src/engine/generation/kvCache.ts';
import { freshLora, loraLayout } from '../../../src/engine/model/lora.ts';
import type { ParameterLayout } from '../../../src/engine/model/parameterLayout.ts';
import { servingGraph } from '../../../src/engine/model/servingGraph.ts';
import { policyIdOf } from '../../../src/engine/policy.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { createOnnxSession } from '../../../src/engine/runtime/onnxSession.ts';
import { floatTensor, floatsOf, int32Tensor, int64Tensor } from '../../../src/engine/runtime/session.ts';
import type { Tokenizer } from '../../../src/engine/tokenizer/tokenizer.ts';
import type { ModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { logProbGraph, supervisedGraph } from '../../../src/trainer/graphs/policyGraph.ts';
import { GraphSessions } from '../../../src/trainer/graphs/graphSessions.ts';
import { tokenBatch } from '../../../src/trainer/graphs/sequenceBatch.ts';
import { expectClose, relativeDifference } from '../../support/expectTensor.ts';
import { openRealModel, readModelGolden, realModels } from '../../support/realModels.ts';
import { throughPrompt } from '../../support/throughPrompt.ts';

/** What issue and design ask of fp32: logits of order 10 through 24 to 30 layers. */
const maxLogitDifference = 2e-3;
const maxGradientDifference = 1e-4;
/** A norm of few elements may differ more than the whole: the smallest ones are near the rounding of fp32. */
const maxNormDifference = 1e-3;

const signal = new AbortController().signal;

/** The golden continuations go on behind an end-of-text token. */
function withoutStopTokens(tokenizer: Tokenizer): Tokenizer {
  return {
    vocabularySize: tokenizer.vocabularySize,
    endOfText: tokenizer.endOfText,
    stopTokens: new Set(),
    fim: tokenizer.fim,
    repository: tokenizer.repository,
    chat: tokenizer.chat,
    encode: (text) => tokenizer.encode(text),
    decode: (tokens) => tokenizer.decode(tokens),
    bytesOf: (token) => tokenizer.bytesOf(token),
  };
}

describe.each(realModels)('%s beside transformers', (id) => {
  const golden = readModelGolden(id);
  const [first] = golden.prompts;
  let model: ModelFolder;
  let policy: ModelPolicy;
  let sessions: GraphSessions;

  beforeAll(async () => {
    model = await openRealModel(id);
    policy = await loadPolicy(
      { ...model, int8Weights: undefined, tokenizer: withoutStopTokens(model.tokenizer) },
      { id: policyIdOf(id, undefined), threads: 2 },
    );
    sessions = new GraphSessions((graph) =>
      createOnnxSession(graph, [model.weights], { purpose: 'train', threads: 2 }),
    );
  });

  afterAll(async () => {
    await policy.dispose();
    await sessions.dispose();
  });

  it('has the same logits at the end of real prompts', async () => {
    const graph = servingGraph(model.config, maxTextTokens, { precision: 'float32', lora: undefined });
    const session = await createOnnxSession(graph, [model.weights], { purpose: 'train', threads: 2 });
    for (const { tokens, logits } of golden.prompts) {
      const count = tokens.length;
      const outputs = await session.run(
        {
          ...new KvCache(model.config, 1).feeds(count),
          tokens: int32Tensor(tokens, [1, count]),
          positions: int64Tensor([...tokens.keys()], [1, count]),
          logitRows: int32Tensor([count - 1]),
          inverseTemperature: floatTensor([1], []),
        },
        ['logits'],
      );
      const sample = floatsOf(outputs, 'logits').filter((_, i) => i % golden.logitStride === 0);
      const differences = sample.map((logit, i) => Math.abs(logit - logits[i]!));
      expect(differences.length).toBe(logits.length);
      expect(Math.max(...differences)).toBeLessThan(maxLogitDifference);
    }
    await session.dispose();
  });

  it('continues ten real prompts greedily, token for token, with the same log-probabilities', async () => {
    expect(golden.prompts.length).toBe(10);
    for (const { tokens, greedy, logProbs } of golden.prompts) {
      const [written] = await policy.generate(
        {
          promptTokens: tokens,
          typedText: '',
          count: 1,
          temperature: 0,
          maxNewTokens: greedy.length,
          seed: 1,
        },
        signal,
      );
      expect(written!.tokens).toEqual(greedy);
      expectClose(written!.logProbs, logProbs, maxLogitDifference);
    }
  });

  it.each([
    ['temperature 1', 1, first!.logProbs],
    ['temperature 0.7', 0.7, first!.logProbsAt07],
  ])('scores a continuation with the same log-probabilities at %s', async (_, temperature, expected) => {
    const layout = loraLayout(model.config, golden.lora);
    const trained = { config: model.config, lora: golden.lora, layout, precision: 'float32' } as const;
    const batch = tokenBatch([sequenceOf(first!.tokens, first!.greedy)]);
    const outputs = await sessions.run({ name: 'logProbs', model: trained, graphOf: logProbGraph }, batch, {
      inverseTemperature: floatTensor([1 / temperature], []),
      theta: floatTensor(freshLora(layout, RandomStream.named(1, 'lora'))),
    });
    expectClose(floatsOf(outputs, 'logProbs'), expected, maxLogitDifference);
  });

  it('has the same LoRA gradient', async () => {
    const layout = loraLayout(model.config, golden.lora);
    expect(layout.slots.map(({ name }) => name)).toEqual(golden.gradient.names);
    const trained = { config: model.config, lora: golden.lora, layout, precision: 'float32' } as const;
    const batch = tokenBatch([throughPrompt(sequenceOf(first!.tokens, first!.greedy))]);
    const weights = new Array<number>(batch.rowCount).fill(1 / batch.rowCount);
    const outputs = await sessions.run({ name: 'sft', model: trained, graphOf: supervisedGraph }, batch, {
      inverseTemperature: floatTensor([1], []),
      weights: floatTensor(weights),
      theta: floatTensor(goldenFactors(layout)),
    });
    const gradient = floatsOf(outputs, 'gradient');
    expectClose([floatsOf(outputs, 'loss')[0]!], [golden.gradient.loss], 1e-4);
    const sample = gradient.filter((_, i) => i % golden.gradientStride === 0);
    expect(relativeDifference(sample, golden.gradient.sample)).toBeLessThan(maxGradientDifference);
    const norms = layout.slots.map(({ offset, shape }) => {
      const size = shape.reduce((product, dim) => product * dim, 1);
      return Math.hypot(...gradient.subarray(offset, offset + size));
    });
    norms.forEach((norm, i) => {
      const expected = golden.gradient.norms[i]!;
      expect(Math.abs(norm - expected) / expected, layout.slots[i]!.name).toBeLessThan(maxNormDifference);
    });
  });

  it('changes no logit with a fresh adapter', async () => {
    const lora = { rank: 2, alpha: 4 };
    const theta = freshLora(loraLayout(model.config, lora), RandomStream.named(1, 'lora'));
    const adapted = await loadPolicy(
      { ...model, int8Weights: undefined },
      {
        id: policyIdOf(id, undefined),
        adapter: { lora, theta },
        threads: 2,
      },
    );
    const request = {
      promptTokens: first!.tokens,
      typedText: '',
      count: 1,
      temperature: 0,
      maxNewTokens: 4,
      seed: 1,
    };
    const [bare] = await policy.generate(request, signal);
    const [fresh] = await adapted.generate(request, signal);
    await adapted.dispose();
    expect(fresh!.tokens).toEqual(bare!.tokens);
    expectClose(fresh!.logProbs, bare!.logProbs, 1e-5);
  });
});

function sequenceOf(promptTokens: readonly number[], completionTokens: readonly number[]) {
  return { promptTokens, completionTokens, freeFrom: 0 };
}

/** The factors that `make_model_golden.py` trains: element i of slot s is 0.02 * sin(0.37 i + 1.3 s). */
function goldenFactors({ slots, size }: ParameterLayout): Float32Array {
  const theta = new Float32Array(size);
  slots.forEach(({ shape, offset }, slot) => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    for (let i = 0; i < count; i++) theta[offset + i] = 0.02 * Math.sin(0.37 * i + 1.3 * slot);
  });
  return theta;
}
