import axe from 'axe-core';
import type { Locator } from 'playwright-core';
import * as z from 'zod';

/**
 * What axe finds wrong with a page for whoever uses a keyboard, a screen reader or weak eyes: WCAG 2.2, A and AA, and
 * what is good practice.
 *
 * @param html the root of the page.
 * @param ground the colour behind it, where it has none of its own.
 */
export async function violationsIn(html: Locator, ground?: string): Promise<string[]> {
  await html.evaluate(axe.source);
  if (ground !== undefined) await html.evaluate(`document.documentElement.style.background = '${ground}'`);
  return z.array(z.string()).parse(await html.evaluate(finding));
}

/** Runs in the page, as text: what it uses is known there only. Pages in frames are checked by themselves. */
const finding = `(async () => {
  const { violations } = await axe.run(document, { iframes: false });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join('; ');
      return id + ' at ' + target.flat().join(' > ') + ': ' + why;
    }),
  );
})()`;
