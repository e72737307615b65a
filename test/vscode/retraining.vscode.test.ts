import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { quickHyperparameters, storeHouseStyle } from './houseStyle.ts';
import { keepTimes, timeKeystrokes, type KeystrokeTimes } from './keystrokes.ts';
import { emptyLine, lastAnswered, testModel, useProduct } from './product.ts';

const vscode = useProduct({
  // A small model that learned for a minute is sure of little.
  settings: { 'attune.maxPromptTokens': 128, 'attune.maxNewTokens': 16, 'attune.show': 'eagerly' },
  env: { ATTUNE_HYPERPARAMETERS: JSON.stringify(quickHyperparameters) },
  prepare: storeHouseStyle,
});

const adapters = () => new AdapterStore(join(vscode().scratchFolder, 'adapters'));

/** Somebody who types this fast notices a key that takes longer than this. */
const noticedMs = 100;

/** About a minute alone on two cores; the trainer gives way to all else, and beside other work it has taken four. */
const runTimeoutMs = 480_000;

/** A run, and what is waited for besides. */
const testMs = runTimeoutMs + 240_000;

let whileRetraining: KeystrokeTimes;

it('shows each key at once while it retrains, and completes', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.runCommand('Attune: Retrain Assistant');
  await workbench.statusBarItem('Attune SFT').waitFor();
  await workbench.waitForNotification('Learning from what you wrote');
  whileRetraining = await timeKeystrokes(workbench, '    # They are looked at one by one, from the first.');
  expect(whileRetraining.medianMs).toBeLessThan(noticedMs);
  await workbench.press('Enter');
  await workbench.type('result = ');
  await workbench.waitForGhostText();
  await workbench.screenshot('retrain while typing');
  await workbench.press('Escape');
});

it('keeps what it has learned so far when it is cancelled, and says so', { timeout: testMs }, async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune gate').waitFor({ timeout: runTimeoutMs });
  await workbench.pressNotificationButton('Cancel');
  await workbench.waitForNotification(
    /Retraining was stopped at gate step \d+ of 60\. Its checkpoint is kept/,
  );
  await workbench.screenshot('retrain cancelled');
  await workbench.statusBarItem('Attune base').waitFor();
});

it('goes on from the checkpoint and comes to a verdict', { timeout: testMs }, async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Retrain Assistant');
  await workbench.waitForNotification('Retraining goes on from its checkpoint');
  await workbench.holdNotification(/promoted: on 30 held-out prompts/i, runTimeoutMs);
  const { verdict } = await newestManifest();
  await workbench.waitForNotification(verdict.reason.slice(0, 60));
  await workbench.page.waitForTimeout(animationMs);
  await workbench.screenshot('retrain verdict');
  await workbench.statusBarItem(verdict.promoted ? /Attune \d{4}-/ : 'Attune base').waitFor();
});

it('shows the learning report: the verdict, both policies beside what was written, the curves', async () => {
  const { workbench } = vscode();
  await workbench.pressNotificationButton('Show Learning Report');
  const report = workbench.webview();
  await report.getByText('On your newest work, which training never saw').waitFor();
  await report.getByText("tally.enter('").first().waitFor();
  await workbench.screenshot('retrain report');
  await report.getByText('Supervised fine-tuning').scrollIntoViewIfNeeded();
  await workbench.screenshot('retrain report curves');
});

it('completes from an adapter that was promoted', async () => {
  const { workbench } = vscode();
  const { adapterId } = await newestManifest();
  await adapters().rollBackToBase();
  await workbench.runCommand('Attune: Start Model');
  await workbench.statusBarItem('Attune base').waitFor();
  await adapters().promote(adapterId);
  await workbench.runCommand('Attune: Start Model');
  await workbench.statusBarItem(/Attune \d{4}-/).waitFor();
  await workbench.openFile('shop.py');
  await workbench.press('End', 'Enter');
  await workbench.waitForGhostText();
  await workbench.screenshot('retrain serves');
  await workbench.press('Tab');
  await expect.poll(() => lastAnswered(vscode())?.outcome?.kind).toBe('accepted');
  expect(lastAnswered(vscode())?.policyId).toBe(`${testModel}+${adapterId}`);
});

it('rolls back to the base model', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Roll Back Adapter');
  await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await workbench.page.waitForTimeout(animationMs);
  await workbench.screenshot('retrain roll back');
  await workbench.pick('Base model');
  await workbench.waitForNotification('From now on the base model serves.');
  await workbench.statusBarItem('Attune base').waitFor();
});

it('shows each key at once while nothing is retrained', async () => {
  const { workbench } = vscode();
  await workbench.press('Enter');
  const idle = await timeKeystrokes(workbench, '# They are looked at one by one, from the first.');
  keepTimes('keystrokes', { idle, whileRetraining });
  expect(idle.medianMs).toBeLessThan(noticedMs);
});

async function newestManifest() {
  const entry = (await adapters().list()).at(-1);
  if (entry?.kind !== 'adapter') throw new Error('The retraining kept no adapter.');
  return entry.manifest;
}

/** Lists and messages fade in; pictures are taken afterwards. */
const animationMs = 400;
