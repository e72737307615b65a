import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from './serverScreen.ts';

/** A picture of the screen, what is said below it, and how long it stays, in milliseconds. */
export interface Picture {
  readonly png: Buffer;
  readonly caption: string;
  readonly ms: number;
}

/** An animated GIF of pictures of one size, made in a Chromium of its own. It runs over and over. */
export async function makeGif(pictures: readonly Picture[]): Promise<Buffer> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: modernGif });
    await page.addScriptTag({ path: join(import.meta.dirname, 'gifStudio.js') });
    for (const picture of pictures) await addPicture(page, picture);
    return Buffer.from(await page.evaluate<string>('developGif()'), 'base64');
  } finally {
    await browser.close();
  }
}

/** The build of the library that defines a global. */
const modernGif = join(dirname(createRequire(import.meta.url).resolve('modern-gif')), 'index.js');

async function addPicture(page: Page, { png, ...rest }: Picture): Promise<void> {
  const picture = JSON.stringify({ ...rest, png: png.toString('base64') });
  await page.evaluate(`addPicture(${picture})`);
}
