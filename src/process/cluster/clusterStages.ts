import type { StageReport } from '../../trainer/adapters/manifest.ts';
import { stageReportSchema } from '../../trainer/adapters/manifest.ts';
import type { ClusterProgress, StageEnd } from './clusterLog.ts';

/**
 * The stages of a job as a learning report draws them, from all that it told. Of a step that was told twice, as where a
 * worker was started again, the later numbers count. What not every step tells, such as a sum in the end, is no curve.
 * A stage that made no step is one where it told why.
 */
export function stagesOf(told: readonly ClusterProgress[], ends: readonly StageEnd[]): StageReport[] {
  return stageReportSchema.shape.name.options.flatMap((name) => {
    const steps = told.filter(({ stage, step }) => stage === name && step > 0);
    const end = ends.findLast(({ stage }) => stage === name);
    if (steps.length === 0 && end === undefined) return [];
    const { metrics = {}, stopReason } = end ?? {};
    return [{ ...stageOf(name, steps), metrics, ...(stopReason === undefined ? {} : { stopReason }) }];
  });
}

function stageOf(name: StageReport['name'], told: readonly ClusterProgress[]): StageReport {
  const byStep = new Map<number, Record<string, number>>();
  for (const { step, numbers } of told) byStep.set(step, { ...byStep.get(step), ...numbers });
  const steps = [...byStep].sort(([a], [b]) => a - b).map(([, numbers]) => numbers);
  const names = Object.keys(steps[0] ?? {}).filter((number) => steps.every((numbers) => number in numbers));
  const curves = names.map((number): [string, number[]] => [
    number,
    steps.map((numbers) => numbers[number]!),
  ]);
  const times = told.flatMap(({ atSeconds }) => atSeconds ?? []);
  return {
    ...{ name, steps: steps.length, curves: Object.fromEntries(curves), metrics: {} },
    seconds: times.length === 0 ? 0 : Math.max(...times) - Math.min(...times),
  };
}
