import { RandomStream } from '../../engine/random.ts';

/** How a stage goes through its examples. */
export interface Passes {
  readonly epochs: number;
  readonly batchSize: number;
}

/** Steps of all passes; the last batch of a pass may be smaller. */
export function stepCount(exampleCount: number, { epochs, batchSize }: Passes): number {
  return epochs * Math.ceil(exampleCount / batchSize);
}

/**
 * The examples of a 0-based step. Every pass goes through all of them in an order of its own that
 * depends on seed and pass alone, so a resumed run sees what an uninterrupted one does.
 */
export function batchAt<T>(
  examples: readonly T[],
  step: number,
  { batchSize }: Passes,
  stream: { readonly seed: number; readonly name: string },
): T[] {
  const stepsPerPass = Math.ceil(examples.length / batchSize);
  const pass = Math.floor(step / stepsPerPass);
  const order = RandomStream.named(stream.seed, `${stream.name} pass ${pass}`).shuffled(examples);
  const start = (step % stepsPerPass) * batchSize;
  return order.slice(start, start + batchSize);
}
