import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { sampleKept, wholeRun } from '../report/sampleRun.ts';
import { fittingAdapter } from '../trainer/savedAdapter.ts';
import { useProduct } from './product.ts';

/** A model of 35 KB, whose adapters serve in a moment. */
const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

const [older, newer] = ['2026-11-20-older', '2026-11-24-newer'] as [string, string];

let stored: Promise<void> | undefined;
const vscode = useProduct({
  settings: {
    'workbench.colorTheme': 'Default Dark Modern',
    ...{ 'attune.model': tiny, 'attune.maxPromptTokens': 64, 'attune.maxNewTokens': 8 },
  },
  prepare: (dataFolder) => {
    stored = storeAdapters(dataFolder);
  },
});
const adapters = () => new AdapterStore(join(vscode().scratchFolder, 'adapters'));

async function storeAdapters(dataFolder: string): Promise<void> {
  const store = new AdapterStore(join(dataFolder, 'adapters'));
  const manifest = wholeRun();
  for (const id of [older, newer]) {
    const finishedAtMs = manifest.finishedAtMs + Number(id === newer);
    const { stages, verdict, startedAtMs } = manifest;
    const changes = { stages, verdict, startedAtMs, finishedAtMs };
    const kept = id === newer ? sampleKept : undefined;
    await store.save(await fittingAdapter({ model: tiny, folder: tiny }, id, changes, kept));
    await store.promote(id as AdapterId);
  }
}

it('shows the report of an adapter that the user chooses', async () => {
  const { workbench } = vscode();
  await stored;
  // The palette does not learn of commands that come while it is open.
  await workbench.statusBarItem('Attune').waitFor();
  await workbench.runCommand('Attune: Show Learning Report');
  await workbench.page.locator('.quick-input-list .monaco-list-row').nth(1).waitFor();
  await workbench.screenshot('report choices');
  await workbench.pick('serves now');
  const report = workbench.webview();
  await report.getByText('On 33 held-out prompts').waitFor();
  await report.getByText('This adapter serves now.').waitFor();
  expect(await report.locator('section > .plots canvas').count()).toBe(
    await report.locator('section > .plots > figure').count(),
  );
  await workbench.screenshot('report dark');
  await report.getByText('PPO: practising').scrollIntoViewIfNeeded();
  await workbench.screenshot('report dark curves');
});

it('has the colours of the theme, also when that changes', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
  const report = workbench.webview();
  await report.locator('body.vscode-light').waitFor();
  await workbench.page.waitForTimeout(themeMs);
  await workbench.screenshot('report light curves');
  await report.locator('h1').scrollIntoViewIfNeeded();
  await workbench.screenshot('report light');
});

it('rolls back to the adapter before at the press of a button', async () => {
  const { workbench } = vscode();
  const report = workbench.webview();
  await report.getByRole('button', { name: 'Roll Back' }).click();
  await workbench.waitForNotification(`From now on adapter ${older} serves.`);
  expect((await adapters().serving()).adapterId).toBe(older);
  await report.getByText(`Adapter ${older} serves now.`).waitFor();
  await workbench.screenshot('report rolled back');
});

it('lets it serve again', async () => {
  const { workbench } = vscode();
  const report = workbench.webview();
  await report.getByRole('button', { name: 'Let This Adapter Serve Again' }).click();
  await report.getByText('This adapter serves now.').waitFor();
  expect((await adapters().serving()).adapterId).toBe(newer);
});

it('undoes a rollback from its message', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Notifications: Clear All Notifications');
  const report = workbench.webview();
  await report.getByRole('button', { name: 'Roll Back' }).click();
  await workbench.waitForNotification(`From now on adapter ${older} serves.`);
  await workbench.pressNotificationButton('Undo');
  await report.getByText('This adapter serves now.').waitFor();
  expect((await adapters().serving()).adapterId).toBe(newer);
});

it('shows nothing any more of what is forgotten', async () => {
  const { workbench } = vscode();
  const report = workbench.webview();
  await report.getByText('Where it lost most').waitFor();
  await workbench.runCommand('Attune: Forget Everything');
  await workbench.page.getByRole('button', { name: 'Forget Records', exact: true }).click();
  await report.getByText('The completions on held-out work are not kept').waitFor();
  expect(await adapters().comparisons(newer as AdapterId)).toBeUndefined();
});

/** The change of a theme fades. */
const themeMs = 500;
