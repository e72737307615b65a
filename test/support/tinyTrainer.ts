import { freshLora, loraLayout } from '../../src/engine/model/lora.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { createOnnxSession } from '../../src/engine/runtime/onnxSession.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import type { TrainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { newStageState, type StageRuntime, type StageState } from '../../src/trainer/stages/stage.ts';
import { tinyConfig, writeTinyModel, type TinyModel } from './tinyModel.ts';

/** A tiny model with everything that a stage needs. */
export interface TinyTrainer {
  readonly tiny: TinyModel;
  readonly model: TrainedModel;
  readonly sessions: GraphSessions;
  /** Fresh factors, B zero. */
  readonly theta: Float32Array;
  /** A runtime that begins at `state`; `afterStep` may look at it or stop the stage by throwing. */
  runtime(options?: {
    readonly state?: StageState;
    readonly seed?: number;
    readonly afterStep?: () => Promise<void>;
    readonly secondsLeft?: () => number;
  }): StageRuntime;
}

export async function makeTinyTrainer(rank = 4): Promise<TinyTrainer> {
  const tiny = await writeTinyModel();
  const lora = { rank, alpha: 2 * rank };
  const layout = loraLayout(tinyConfig, lora);
  const sessions = new GraphSessions((graph) =>
    createOnnxSession(graph, [tiny.weights], { purpose: 'train', threads: 1 }),
  );
  return {
    tiny,
    model: { config: tinyConfig, lora, layout, precision: 'float32' },
    sessions,
    theta: freshLora(layout, RandomStream.named(1, 'lora')),
    runtime: ({
      state = newStageState(),
      seed = 1,
      afterStep = () => Promise.resolve(),
      secondsLeft = () => Infinity,
    } = {}) => ({
      sessions,
      secondsLeft,
      breathSeconds: () => 0,
      state,
      seed,
      plan: () => undefined,
      breathe: () => Promise.resolve(),
      afterStep,
    }),
  };
}
