import { describe, expect, it } from 'vitest';
import { manifestSchema } from '../../../src/trainer/adapters/manifest.ts';
import { tinyManifest } from '../adapterFixture.ts';

describe('a manifest', () => {
  it('keeps a curve over the logit', () => {
    const further = { intercept: -2, slope: 1.5 };
    const calibration = { over: 'logit', intercept: -0.25, slope: 1.5, further } as const;
    const manifest = tinyManifest('a', { calibration, candidateCalibrations: { after: calibration } });
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
  });

  it('has no silence by a curve of the form of before, which would be misread', () => {
    const { calibration, ...rest } = manifestSchema.parse({
      ...tinyManifest('a'),
      calibration: { intercept: 1.2, slope: 0.9 },
    });
    expect(calibration).toBeUndefined();
    expect(rest).toEqual(tinyManifest('a'));
  });
});
