import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findCachedModel } from '../../src/engine/catalogue/cachedModel.ts';
import { findEntry } from '../../src/engine/catalogue/catalogue.ts';
import { emptyLine, testModel, useProduct } from './product.ts';
import { openSlowHub } from './slowHub.ts';

const hub = await openSlowHub();
const cacheFolder = mkdtempSync(join(tmpdir(), 'attune-cache-'));

/** Nobody chose a model, and none is there. */
const vscode = useProduct({
  settings: { 'attune.model': undefined },
  env: { ATTUNE_CACHE: cacheFolder, HF_ENDPOINT: hub.endpoint },
  meetsInScratchFolder: true,
});

afterAll(() => {
  hub.close();
  rmSync(cacheFolder, { recursive: true, force: true });
});

/** On cores that others may use too, a window that comes up and a model that is loaded for the first time take long. */
const loadMs = 120_000;

const choose = 'Attune: choose a model';

it('brings no model before one is chosen: it says what to do, and offers nothing', async () => {
  const { workbench, scratchFolder } = vscode();
  await workbench.statusBarItem(choose).waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    answer = ');
  await workbench.runCommand('Attune: Trigger Completion');
  await workbench.waitForNotification('The model qwen2.5-coder-0.5b is not on this machine yet');
  await workbench.screenshot('choosing asked in vain');
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.statusBarItem(choose).click();
  await workbench.page.getByText('Download qwen2.5-coder-0.5b (491 MB)').first().waitFor();
  await workbench.screenshot('choosing nothing chosen');
  await workbench.press('Escape');
  expect(await workbench.ghostText()).toBe('');
  expect(await workbench.notifications()).toEqual([]);
  expect(hub.asked).toEqual([]);
  expect(readdirSync(cacheFolder)).toEqual([]);
  // No engine was started: it would have shown its door there.
  expect(existsSync(join(scratchFolder, 'attune'))).toBe(false);
});

it('says to whoever retrains that there is no model, and brings none', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Retrain Assistant');
  await workbench.waitForNotification('The model qwen2.5-coder-0.5b is not on this machine');
  expect(hub.asked).toEqual([]);
  await workbench.runCommand('Notifications: Clear All Notifications');
});

it('tells of models that are not here how they will run', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Choose Model');
  const told = workbench.page.getByText(/expected: reads \d+ tokens\/s, writes one in \d+ ms, \d\.\d GB$/);
  await expect.poll(() => told.count(), { timeout: loadMs }).toBe(3);
  await workbench.screenshot('choosing predicted');
  await workbench.press('Escape');
  expect(hub.asked).toEqual([]);
});

it('downloads the model that is chosen, and shows how far it is', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Choose Model');
  await workbench.pick(testModel);
  await workbench.waitForNotification(/Downloading the model: \d % of 98 MB/);
  await workbench.statusBarItem(/Attune loading \d %/).waitFor();
  await workbench.screenshot('choosing download');
  expect(hub.asked).toEqual([expect.stringContaining('SmolLM2-135M-Instruct')]);
  expect(readdirSync(join(cacheFolder, 'files'))).toContain(`${findEntry(testModel)!.fileName}.work`);
});

it('ends the download when the user does, and goes on only when asked to', async () => {
  const { workbench } = vscode();
  await workbench.pressNotificationButton('Cancel');
  await workbench.statusBarItem(choose).waitFor();
  await workbench.openFile('shop.py');
  await workbench.openFile('lists.py');
  expect(hub.asked).toHaveLength(1);
  await workbench.runCommand('Attune: Start Model');
  await workbench.waitForNotification(/Downloading the model: \d % of 98 MB/);
  expect(hub.asked).toHaveLength(2);
  await workbench.pressNotificationButton('Cancel');
  await workbench.statusBarItem(choose).waitFor();
});

it('serves a model that came by the command line meanwhile', async () => {
  const { workbench } = vscode();
  const here = (await findCachedModel(findEntry(testModel)!))!;
  mkdirSync(join(cacheFolder, 'folders'), { recursive: true });
  symlinkSync(here, join(cacheFolder, 'folders', basename(here)));
  await workbench.openFile('shop.py');
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.openFile('lists.py');
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.press('End', 'Enter');
  await workbench.type('second = ');
  await workbench.waitForGhostText();
  expect(hub.asked).toHaveLength(2);
});
