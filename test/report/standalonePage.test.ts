import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { standalonePage } from '../../src/report/standalonePage.ts';

const page = standalonePage({
  title: 'A & B',
  body: '<main></main>',
  style: 'a{}\n/*# sourceMappingURL=a.css.map */\n',
  script: 'b()\n//# sourceMappingURL=b.js.map\n',
});

it('lets nothing be loaded and nothing run but what the page was made with', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('base64');
  expect(page).toContain(
    `default-src 'none'; style-src 'sha256-${hash('a{}\n')}'; script-src 'sha256-${hash('b()\n')}'`,
  );
  expect(page).toContain('<style>a{}\n</style>');
  expect(page).toContain('<script>b()\n</script>');
});

it('writes its title as text', () => {
  expect(page).toContain('<title>A &#38; B</title>');
});
