import { describe, expect, it, vi } from 'vitest';
import { integerBitsOf } from '../../../src/engine/runtime/integerKernels.ts';
import type { Session, Tensor } from '../../../src/engine/runtime/session.ts';

/** A session whose kernel adds pairs of products as `addPair` says. */
function kernelThat(addPair: (sum: number) => number) {
  const dispose = vi.fn(() => Promise.resolve());
  const run: Session['run'] = ({ x, w }) => {
    const [rows, inner] = x!.dims as [number, number];
    const outputs = w!.dims[1]!;
    const pair = addPair(2 * 255 * Number(w!.data[0])) - 2 * 128 * Number(w!.data[0]);
    const data = new Float32Array(rows * outputs).fill(((inner / 2) * pair) / 127);
    return Promise.resolve({ product: { dims: [rows, outputs], data } satisfies Tensor });
  };
  return { run, dispose };
}

describe('integerBitsOf', () => {
  it('gives 8 bits to kernels that add exactly', async () => {
    const kernel = kernelThat((sum) => sum);
    expect(await integerBitsOf(() => Promise.resolve(kernel))).toBe(8);
    expect(kernel.dispose).toHaveBeenCalled();
  });

  it('gives 7 bits to kernels that cut off sums of 16 bits', async () => {
    const kernel = kernelThat((sum) => Math.min(sum, 32_767));
    expect(await integerBitsOf(() => Promise.resolve(kernel))).toBe(7);
    expect(kernel.dispose).toHaveBeenCalled();
  });

  it('asks the kernels of this processor', async () => {
    expect([7, 8]).toContain(await integerBitsOf());
  });
});
