import { expect, it } from 'vitest';
import { sentencesIn } from '../../scripts/sentences.mjs';

it('finds every sentence of a source with places for its values, those inside others too', () => {
  const source = [
    "const plain = sentence`It’s a 'plain' one.`;",
    'throw failed(sentence`${path} has ${count ?? sentence`no`} bytes of ${all}`);',
    'const other = `not ${this}`; const tagged = other`nor this`;',
  ];
  expect(sentencesIn(source.join('\n'))).toEqual(["It’s a 'plain' one.", '{0} has {1} bytes of {2}', 'no']);
});
