import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { webviewOptions } from '../../scripts/bundleOptions.mjs';
import { launchChromium } from './serverScreen.ts';
import { artifactsFolder } from './workbench.ts';

/** What a page can say to an extension; it is kept in `sent`. */
const script = 'sent = []; acquireVsCodeApi = () => ({ postMessage: (message) => sent.push(message) });';

/**
 * A page of Attune in Chromium without VS Code: the test tells it what it shows, and reads in `sent` what it says.
 *
 * @param name of its script in src/editor/webview.
 * @param colours of VS Code, as CSS variables.
 * @returns opens it, from the first test on.
 */
export function useWebviewPage(name: string, colours = ''): (width: number) => Promise<Page> {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `attune-${name}-`));
    const entry = join(import.meta.dirname, '..', '..', 'src', 'editor', 'webview', `${name}.ts`);
    await build({ ...webviewOptions, entryPoints: [entry], outfile: join(folder, 'page.js') });
    const style = `<link rel="stylesheet" href="page.css"><style>:root { ${colours} }</style>`;
    const head = `<head><meta charset="utf-8">${style}<script>${script}</script></head>`;
    const body = '<body><main></main><script src="page.js"></script></body>';
    writeFileSync(join(folder, 'page.html'), `<!DOCTYPE html><html lang="en">${head}${body}</html>`);
    mkdirSync(artifactsFolder, { recursive: true });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  return async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(`file://${join(folder, 'page.html')}`);
    return page;
  };
}

/** Says something to a page as its extension does. As text, like all that runs in the page: what it uses is known there only. */
export async function tellPage(page: Page, message: object): Promise<void> {
  await page.evaluate(`window.postMessage(${JSON.stringify(message)})`);
}
