import { describe, expect, it } from 'vitest';
import { bytesOfSpelling } from '../../../src/engine/tokenizer/byteAlphabet.ts';

describe('bytesOfSpelling', () => {
  it.each([
    { spelling: 'abc~!', bytes: [0x61, 0x62, 0x63, 0x7e, 0x21] },
    { spelling: 'Ġ', bytes: [0x20] },
    { spelling: 'ĉĊč', bytes: [0x09, 0x0a, 0x0d] },
    { spelling: 'Ā', bytes: [0x00] },
    { spelling: 'ġ', bytes: [0x7f] },
    { spelling: 'Ń', bytes: [0xad] },
    { spelling: 'Ã©', bytes: [0xc3, 0xa9] },
    { spelling: '', bytes: [] },
  ])('reads "$spelling"', ({ spelling, bytes }) => {
    expect([...bytesOfSpelling(spelling)!]).toEqual(bytes);
  });

  it.each(['a b', 'ń', '🙂'])('does not read "%s", which is not written in bytes', (spelling) => {
    expect(bytesOfSpelling(spelling)).toBeUndefined();
  });
});
