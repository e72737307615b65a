import { describe, expect, it } from 'vitest';
import { keepingSuccess } from '../../../src/completion/syntax/syntax.ts';

describe('keepingSuccess', () => {
  it('makes anew what could not be made, and once what could', async () => {
    let attempts = 0;
    const make = keepingSuccess((key) => {
      attempts++;
      return attempts === 1 ? Promise.reject(new Error('no memory')) : Promise.resolve(key);
    });
    await expect(make('a')).rejects.toThrow('no memory');
    expect([await make('a'), await make('a'), await make('b')]).toEqual(['a', 'a', 'b']);
    expect(attempts).toBe(3);
  });
});
