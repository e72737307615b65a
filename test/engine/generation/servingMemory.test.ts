import { describe, expect, it } from 'vitest';
import { requireMemory } from '../../../src/engine/generation/servingMemory.ts';

/** A model whose float32 weights take four times its int8 weights. */
function weighing(int8Bytes: number) {
  const file = (byteLength: number) => ({
    path: '',
    tensors: new Map([['w', { byteOffset: 0, byteLength }]]),
  });
  return { weights: file(4 * int8Bytes), int8Weights: { ...file(int8Bytes), bits: 8 as const } };
}

/** What is said about a model that needs more memory than there is; undefined when it may be loaded. */
function complaint(int8Bytes: number, availableBytes: number): string | undefined {
  try {
    requireMemory('large', weighing(int8Bytes), availableBytes);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a model', () => {
  it.each([
    ['may be loaded where there is room for it', 1e9, 1.8e9, undefined],
    [
      'is refused where there is not, and the largest smaller model that fits is offered',
      2e9,
      2e9,
      'The model large needs 3400 MB of memory and 2000 MB are free. Close other programs, or choose the smaller model qwen2.5-coder-0.5b.',
    ],
    [
      'is refused with the smallest model where that alone fits',
      2e9,
      0.5e9,
      'The model large needs 3400 MB of memory and 500 MB are free. Close other programs, or choose the smaller model smollm2-135m.',
    ],
    [
      'is refused without another where none fits',
      2e9,
      0.2e9,
      'The model large needs 3400 MB of memory and 200 MB are free. Close other programs.',
    ],
    [
      'is refused without another where it is the smallest',
      0.1e9,
      0.3e9,
      'The model large needs 360 MB of memory and 300 MB are free. Close other programs.',
    ],
  ])('%s', (_, int8Bytes, availableBytes, expected) => {
    expect(complaint(int8Bytes, availableBytes)).toBe(expected);
  });

  it('is measured by its float32 weights where there are no others', () => {
    const { weights } = weighing(1e9);
    expect(() => requireMemory('m', { weights }, 1.8e9)).toThrow('needs 6600 MB');
    expect(() => requireMemory('m', weighing(1e9), 1.8e9)).not.toThrow();
  });
});
