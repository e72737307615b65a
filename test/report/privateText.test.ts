import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutPrivate } from '../../src/report/privateText.ts';

const secret = { paths: ['/home/jo doe', '/srv/acme', 'C:\\Users\\Jo'] };

describe('withoutPrivate', () => {
  it.each([
    ['The file /home/jo doe/acme/plans.gguf is damaged.', 'The file <path> is damaged.'],
    ['Cannot read file:///srv/acme/plans.ts now.', 'Cannot read <path> now.'],
    ['No C:\\Users\\Jo\\work\\plans.ts here', 'No <path> here'],
    ['In /opt/other folder/plans.ts: no.', 'In <path>: no.'],
    ['/srv/acme', '<path>'],
    [
      'Unexpected token c in JSON, "const key = 1" is not valid',
      'Unexpected token c in JSON, "…" is not valid',
    ],
    [
      'Unexpected token \'k\', ..."{"name": "Jo", key}" is not valid JSON',
      'Unexpected token \'k\', ..."…" is not valid JSON',
    ],
    ['Unexpected token, "{\n  "name": Jo\n}" is not valid JSON', 'Unexpected token, "…" is not valid JSON'],
    ['Unexpected token, "const key\n    at plans', 'Unexpected token, "…"'],
    ['The name `a `b` c` is not known.', 'The name "…" is not known.'],
    [
      'Unexpected token \'`\', "`const key` = abc" is not valid JSON',
      'Unexpected token \'"…" is not valid JSON',
    ],
    ['It reads 300 tokens/s, and/or more.', 'It reads 300 tokens/s, and/or more.'],
    ['What happened.\n    at plans (/srv/acme/plans.ts:3:1)', 'What happened.'],
  ])('of %j leaves %j', (message, left) => {
    expect(withoutPrivate(message, secret)).toBe(left);
  });

  it('leaves nothing of a text that JSON.parse quotes, whatever is in it', () => {
    const marked = fc.constantFrom('"secret" ', '`', '`secret` ', '`a` "');
    const before = fc.tuple(fc.string({ maxLength: 60 }), marked).map(([text, mark]) => text + mark);
    fc.assert(
      fc.property(before, fc.string({ maxLength: 9 }), (before, after) => {
        const text = `${before}secret${after}`;
        try {
          JSON.parse(text);
        } catch (error) {
          expect(withoutPrivate(String(error), secret)).not.toContain('secret');
        }
      }),
    );
  });

  it('leaves nothing of a path below a known folder, whatever it is called', () => {
    const name = fc.stringMatching(/^[a-z]{3,8}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.boolean(), (names, isHome) => {
        const folder = isHome ? '/home/jo doe' : '/srv/acme';
        const left = withoutPrivate(`EACCES: ${folder}/${names.join('/')} is closed`, secret);
        expect(left).toBe('EACCES: <path> is closed');
      }),
    );
  });
});
