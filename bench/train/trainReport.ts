import type { Machine } from '../report/machine.ts';
import type { RatioChart } from '../report/ratioChart.ts';
import { median, rounded } from '../report/statistics.ts';
import type { Shape } from './trainingTask.ts';
import type { Step } from './worker.ts';

/** What was measured of one side. */
export interface TrainNumbers {
  /** One step of one sequence: forward, backward, clipping, AdamW. */
  readonly stepMs: number;
  /** The largest memory the process ever had in use. */
  readonly peakRssMb: number;
}

/** Both sides at one shape. */
export interface ShapeResult extends Shape {
  readonly ours: TrainNumbers;
  readonly peer: TrainNumbers;
  readonly ratio: { readonly step: number; readonly peakRss: number };
  /** Loss before the first update: equal, since both compute the same. */
  readonly firstLoss: { readonly ours: number; readonly peer: number };
}

/** What was measured of one model: the first shape, and all of them. */
export type TrainModelResult = Omit<ShapeResult, keyof Shape | 'firstLoss'> & {
  readonly model: string;
  readonly shapes: readonly ShapeResult[];
};

/** The JSON file. */
export interface TrainResult {
  readonly machine: Machine;
  readonly models: readonly TrainModelResult[];
}

/** The steps of one side at one length, and its memory. */
export interface MeasuredSide {
  readonly steps: readonly Step[];
  readonly peakRssMb: number;
}

/** Steps that are not counted: the first ones of both sides fault their memory in. */
export const warmupSteps = 2;

/** The numbers at one shape. */
export function shapeResult(shape: Shape, ours: MeasuredSide, peer: MeasuredSide): ShapeResult {
  const [our, theirs] = [numbersOf(ours), numbersOf(peer)];
  const ratio = {
    step: rounded(our.stepMs / theirs.stepMs),
    peakRss: rounded(our.peakRssMb / theirs.peakRssMb),
  };
  const firstLoss = { ours: ours.steps[0]!.loss, peer: peer.steps[0]!.loss };
  return { ...shape, ours: our, peer: theirs, ratio, firstLoss };
}

function numbersOf({ steps, peakRssMb }: MeasuredSide): TrainNumbers {
  const counted = steps.slice(warmupSteps).map(({ ms }) => ms);
  return { stepMs: rounded(median(counted)), peakRssMb: Math.round(peakRssMb) };
}

/** The result of a model from those of its shapes, the first of which stands for it. */
export function modelResult(
  model: string,
  shapes: readonly [ShapeResult, ...ShapeResult[]],
): TrainModelResult {
  const { ours, peer, ratio } = shapes[0];
  return { model, ours, peer, ratio, shapes };
}

/** A model's numbers for the terminal. */
export function trainText({ model, shapes }: TrainModelResult): string {
  const lines = shapes.map(
    ({ ours, peer, ratio, firstLoss, ...shape }) =>
      `  ${nameOf(shape)}: step ${ours.stepMs} ms against ${peer.stepMs} ms (${ratio.step.toFixed(2)}x), ` +
      `peak memory ${ours.peakRssMb} MB against ${peer.peakRssMb} MB (${ratio.peakRss.toFixed(2)}x), ` +
      `first loss ${firstLoss.ours.toFixed(4)} and ${firstLoss.peer.toFixed(4)}`,
  );
  return [`${model}, against PyTorch`, ...lines].join('\n');
}

/** The chart for the README. */
export function trainChart({ machine, models }: TrainResult): RatioChart {
  return {
    title: 'Attune against PyTorch: a training step, shorter is better',
    note: `${machine.cpu}, ${machine.cores} cores; LoRA on all projections, one sequence, in alternation`,
    peer: 'PyTorch',
    maxShare: 1.5,
    groups: models.map(({ model, shapes }) => ({
      name: model,
      rows: shapes.flatMap(({ ours, peer, ...shape }) => [
        { label: `step, ${nameOf(shape)}`, unit: 'ms', ours: ours.stepMs, peer: peer.stepMs },
        { label: `memory, ${nameOf(shape)}`, unit: 'MB', ours: ours.peakRssMb, peer: peer.peakRssMb },
      ]),
    })),
  };
}

function nameOf({ tokens, gradient }: Shape): string {
  return gradient === 'whole' ? `${tokens} tokens, gradient of all` : `${tokens} tokens`;
}
