import { expect, it } from 'vitest';
import { modelResult, shapeResult, trainText } from '../../../bench/train/trainReport.ts';

function side(stepMs: readonly number[], peakRssMb: number) {
  return { steps: stepMs.map((ms) => ({ ms, loss: 1.5 })), peakRssMb };
}

const shape = shapeResult(
  { tokens: 256, gradient: 'completion' },
  side([9000, 900, 100, 120, 110], 1000.4),
  side([300, 300, 200, 220, 210], 2000),
);

it('takes the median of the steps behind the first two', () => {
  expect(shape.ours).toEqual({ stepMs: 110, peakRssMb: 1000 });
  expect(shape.peer).toEqual({ stepMs: 210, peakRssMb: 2000 });
  expect(shape.ratio).toEqual({ step: 0.524, peakRss: 0.5 });
});

it('lets the first shape stand for the model', () => {
  const long = shapeResult(
    { tokens: 320, gradient: 'whole' },
    side([1, 1, 1000], 5000),
    side([1, 1, 1000], 5000),
  );
  const result = modelResult('some-model', [shape, long]);
  expect(result).toMatchObject({ model: 'some-model', ours: shape.ours, ratio: shape.ratio });
  expect(trainText(result)).toMatch(
    /256 tokens: step 110 ms against 210 ms \(0\.52x\).*\n.*320 tokens, gradient of all/,
  );
});
