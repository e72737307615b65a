import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MinHeap } from '../../../src/engine/tokenizer/minHeap.ts';

it('gives numbers smallest first, whatever was taken out meanwhile', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.constant('take' as const))), (steps) => {
      const heap = new MinHeap();
      const held: number[] = [];
      for (const step of steps) {
        if (step === 'take') {
          expect(heap.pop()).toBe(held.sort((a, b) => a - b).shift());
        } else {
          heap.push(step);
          held.push(step);
        }
      }
      for (const number of held.sort((a, b) => a - b)) expect(heap.pop()).toBe(number);
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
