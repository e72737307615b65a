import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { learningReport } from '../../src/report/learningReport.ts';
import { reportBody } from '../../src/report/reportBody.ts';
import { standalonePage } from '../../src/report/standalonePage.ts';
import { sampleKept, wholeRun } from '../report/sampleRun.ts';
import { bundleReportPage } from '../support/reportPage.ts';
import { violationsIn } from './axe.ts';
import { launchChromium } from './serverScreen.ts';
import { artifactsFolder } from './workbench.ts';

/* The page that `attune report --html` writes, in Chromium as a person opens it. */

let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attune-report-'));
  await bundleReportPage();
  const read = (name: string) =>
    readFileSync(join(import.meta.dirname, '..', '..', 'dist', 'webview', name), 'utf8');
  const page = standalonePage({
    title: 'Learning report',
    body: reportBody(learningReport(wholeRun(), sampleKept)),
    style: read('learningReport.css'),
    script: read('learningReport.js'),
  });
  writeFileSync(join(folder, 'report.html'), page);
  mkdirSync(artifactsFolder, { recursive: true });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** The page in a window of that width, and everything that went wrong in it, by the browser's own word. */
async function openReport(colorScheme: 'light' | 'dark', width = 1100) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) trouble.push(request.url());
  });
  await page.goto(`file://${join(folder, 'report.html')}`);
  await page.locator('canvas').first().waitFor();
  return { page, trouble };
}

/** How bright the page's ground is and the drawn line of the first curve, 0 to 255. */
async function brightness(page: Page): Promise<{ readonly ground: number; readonly line: number }> {
  return page.evaluate<{ ground: number; line: number }>(measuring);
}

/** Runs in the page, as text: what it uses is known there only. The line is the only blue thing in its canvas. */
const measuring = `(() => {
  const mean = (rgb) => (rgb[0] + rgb[1] + rgb[2]) / 3;
  const ground = getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number);
  const canvas = document.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const pixels = Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 4));
  const line = pixels.find(([red, , blue, alpha]) => alpha === 255 && blue > red + 80);
  return { ground: mean(ground), line: mean(line) };
})()`;

it.each(['light', 'dark'] as const)(
  'draws every curve in %s colours, without a word of complaint',
  async (scheme) => {
    const { page, trouble } = await openReport(scheme);
    const isDrawn = page.locator('figure.plot > .drawing canvas');
    expect(await isDrawn.count()).toBe(await page.locator('section > .plots > figure.plot').count());
    const { ground, line } = await brightness(page);
    expect(ground > 128).toBe(scheme === 'light');
    expect(Math.abs(ground - line)).toBeGreaterThan(60);
    await page.screenshot({ path: join(artifactsFolder, `report page ${scheme}.png`), fullPage: true });
    expect(trouble).toEqual([]);
  },
);

it.each(['light', 'dark'] as const)('can be used by everybody in %s colours', async (scheme) => {
  const { page } = await openReport(scheme);
  for (const closed of await page.locator('details > summary').all()) await closed.click();
  expect(await violationsIn(page.locator('html'))).toEqual([]);
});

it('draws anew when the colours change', async () => {
  const { page } = await openReport('light');
  const before = await brightness(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(async () => (await brightness(page)).line).toBeGreaterThan(before.line + 20);
});

it('tells the value under the pointer, and the course again when it is gone', async () => {
  const { page } = await openReport('light');
  const figure = page.locator('figure.plot').first();
  await figure.locator('.u-over').hover();
  await expect.poll(() => figure.locator('.seen').textContent()).toMatch(/^step \d+: \d\.\d+$/);
  await page.locator('h1').hover();
  await expect.poll(() => figure.locator('.seen').textContent()).toBe('2.10 → 0.913');
});

it('draws what lies in a closed part once that is opened', async () => {
  const { page } = await openReport('light');
  const more = page.locator('details', { hasText: 'More curves' }).first();
  await more.locator('summary').first().click();
  await more.locator('canvas').first().waitFor();
});

it('has the numbers of each curve for who sees no drawing', async () => {
  const { page } = await openReport('light');
  const spoken = page.getByRole('img', { name: /^KL: from 0 to 1\.42 in 12 iterations/ });
  await spoken.waitFor();
  const figure = page.locator('figure.plot').filter({ has: spoken });
  await figure.locator('summary').click();
  await figure.getByRole('row').nth(12).waitFor();
});

it('fits a narrow window', async () => {
  const { page } = await openReport('dark', 420);
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  expect(overflow).toBeLessThanOrEqual(0);
  await page.screenshot({ path: join(artifactsFolder, 'report page narrow.png'), fullPage: true });
});
