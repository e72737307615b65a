import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { useProduct } from './product.ts';
import { openSlowHub } from './slowHub.ts';

const hub = await openSlowHub();
const cacheFolder = mkdtempSync(join(tmpdir(), 'attune-cache-'));

/** Nobody chose a model, none is there, and the document that the window comes up with is none to complete. */
const vscode = useProduct({
  settings: { 'attune.model': undefined, 'attune.languages': { '*': true, python: false } },
  env: { ATTUNE_CACHE: cacheFolder, HF_ENDPOINT: hub.endpoint },
  meetsInScratchFolder: true,
});

afterAll(() => {
  hub.close();
  rmSync(cacheFolder, { recursive: true, force: true });
});

it('says before anything is to be completed that the model is not here and how large it is', async () => {
  const { workbench, scratchFolder } = vscode();
  const item = workbench.statusBarItem('Attune: choose a model');
  await item.waitFor();
  await item.hover();
  await workbench.page.getByText('Download qwen2.5-coder-0.5b (491 MB)').first().waitFor();
  await workbench.screenshot('first start');
  expect(hub.asked).toEqual([]);
  expect(readdirSync(cacheFolder)).toEqual([]);
  expect(existsSync(join(scratchFolder, 'attune'))).toBe(false);
});
