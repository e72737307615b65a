import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { folderLog, progressLog, startJobsApi } from '../support/jobsApi.ts';
import { quickHyperparameters, storeHouseStyle } from './houseStyle.ts';
import { useProduct } from './product.ts';

/** A model of 35 KB, and an adapter for it that PEFT wrote. */
const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

const vscode = useProduct({
  settings: {
    'attune.model': tiny,
    'attune.maxPromptTokens': 64,
    'attune.maxNewTokens': 8,
    'workbench.colorTheme': 'Default Dark Modern',
  },
  env: { ATTUNE_HYPERPARAMETERS: JSON.stringify(quickHyperparameters) },
  prepare: storeHouseStyle,
});

const cluster = await startJobsApi('secret');

afterAll(() => cluster.close());

/** A retraining of the smallest of models, beside an editor. */
const retrainMs = 240_000;

const stored = async () => new AdapterStore(join(vscode().scratchFolder, 'adapters')).list();

async function answer(text: string) {
  const { page } = vscode().workbench;
  const input = page.locator('.quick-input-widget input.input').first();
  await input.waitFor();
  await input.fill(text);
  await page.keyboard.press('Enter');
}

/** Answers a question with a text, once its words are on the screen. */
async function answerTo(words: string, text: string) {
  await vscode().workbench.page.locator('.quick-input-widget').getByText(words).waitFor();
  await answer(text);
}

/** Answers everything up to the preview. */
async function fillIn(token: string | undefined) {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Train on a Cluster…');
  await answerTo('address of the cluster', cluster.address);
  if (token !== undefined) await answerTo('The token that', token);
  await answerTo('folder of the same model', '/models/tiny');
  await answerTo('folder that all nodes share', '/shared');
  await answerTo('How many workers', '2');
  await workbench.pick('Processors only');
}

it('names what would travel, and sends nothing where the user says no', async () => {
  const { workbench, scratchFolder } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await fillIn('wrong');
  const preview = workbench.page.locator('.monaco-dialog-box');
  await preview.waitFor();
  expect(await preview.innerText()).toMatch(
    /Your own work:\s+config\.yaml: \d+ kB[\s\S]*sft\.jsonl: \d+ rows, \d+ kB[\s\S]*PPO follows there/,
  );
  await workbench.screenshot('cluster preview');
  await preview.getByText('Cancel').click();
  await preview.waitFor({ state: 'hidden' });
  expect(cluster.asked).toEqual([]);
  await expect.poll(() => existsSync(join(scratchFolder, 'cluster', 'export'))).toBe(false);
});

it('takes the exports of others along, named one by one', async () => {
  const { workbench, scratchFolder, workspaceFolder } = vscode();
  await fillIn(undefined);
  const preview = workbench.page.locator('.monaco-dialog-box');
  await preview.waitFor();
  const grace = join(workspaceFolder, 'grace');
  cpSync(join(scratchFolder, 'cluster', 'export'), grace, { recursive: true });
  const [, rows] = /Send (\d+) rows/.exec(await preview.innerText()) ?? [];
  await preview.getByText('Add Exports of Others').click();
  await workbench.answerFileDialog(join(grace, '/'));
  await preview.getByText(`Send ${2 * Number(rows)} rows`).waitFor();
  expect(await preview.innerText()).toMatch(
    /grace\s+judge\.jsonl: .*\s+preference\.jsonl: .*\s+sft\.jsonl: \d+ rows, \d+ kB/,
  );
  await workbench.screenshot('cluster preview of two');
  await preview.getByText('Cancel').click();
  await preview.waitFor({ state: 'hidden' });
  expect(cluster.asked).toEqual([]);
});

it('offers to forget a token that the cluster does not take', async () => {
  const { workbench } = vscode();
  await fillIn(undefined);
  await workbench.page.locator('.monaco-dialog-box').getByText('Send', { exact: true }).click();
  await workbench.waitForNotification('The cluster did not take the token');
  expect(cluster.asked.at(-1)?.token).toBe('Bearer wrong');
  await workbench.pressNotificationButton('Forget the Token');
  await workbench.waitForNotification(`Forgotten: the token for ${cluster.address}`);
});

it('waits with its steps, leaves the job alone when nobody waits, and waits again', async () => {
  const { workbench } = vscode();
  await fillIn('secret');
  await workbench.page.locator('.monaco-dialog-box').getByText('Send', { exact: true }).click();
  cluster.job.status = 'RUNNING';
  cluster.job.logs = progressLog('sft', 7, 60);
  await workbench.waitForNotification('Learning from what you wrote (sft 7 of 60, loss 1.50)');
  await workbench.screenshot('cluster progress');
  const uploaded = await cluster.uploaded();
  expect(Object.keys(uploaded)).toEqual(
    expect.arrayContaining(['config.yaml', 'judge.jsonl', 'sft.jsonl', 'attune_cluster/train.py']),
  );
  expect(uploaded['config.yaml']).toContain('method: "ppo"\n');
  await workbench.pressNotificationButton('Cancel');
  await workbench.waitForNotification('it goes on on the cluster');
  await workbench.screenshot('cluster left alone');
  expect(cluster.asked.some(({ url }) => url.endsWith('/stop'))).toBe(false);
  await workbench.runCommand('Attune: Train on a Cluster…');
  await workbench.pick('Wait for job raysubmit_team');
  await workbench.waitForNotification('sft 7 of 60');
});

it('lets the gate judge what comes back, and says what became of it', async () => {
  const { workbench, scratchFolder } = vscode();
  cluster.job.logs += folderLog(join(tiny, 'peft'));
  cluster.job.status = 'SUCCEEDED';
  const question = workbench.page.locator('.monaco-dialog-box');
  await question.getByText('They Are the Same Weights').click();
  await workbench.holdNotification(/imported as .* on 30 held-out prompts/);
  await workbench.screenshot('cluster adapter');
  expect(await stored()).toMatchObject([{ kind: 'adapter', manifest: { imported: { format: 'peft' } } }]);
  await expect.poll(() => readdirSync(join(scratchFolder, 'cluster'))).toEqual([]);
});

it('retrains on top of what came back', async () => {
  const { workbench } = vscode();
  await workbench.pressNotificationButton('Retrain on Top of It');
  await expect.poll(async () => (await stored()).length, { timeout: retrainMs }).toBe(2);
  const [team, onTop] = await stored();
  if (team?.kind !== 'adapter' || onTop?.kind !== 'adapter') throw new Error('an adapter is damaged');
  expect(onTop.manifest.hyperparameters.lora).toEqual(team.manifest.hyperparameters.lora);
  await workbench.screenshot('retrained on top');
});

it('begins with the address again once there is nothing to wait for any more', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Attune: Train on a Cluster…');
  await workbench.page.locator('.quick-input-widget').getByText('address of the cluster').waitFor();
  await workbench.press('Escape');
});

it('asks again before anything goes without TLS to another machine', async () => {
  const { workbench } = vscode();
  const before = cluster.asked.length;
  await workbench.runCommand('Attune: Train on a Cluster…');
  await answerTo('address of the cluster', 'http://ray.example:8265');
  const question = workbench.page.locator('.monaco-dialog-box');
  await question.waitFor();
  expect(await question.innerText()).toContain('http://ray.example:8265 has no TLS');
  await workbench.screenshot('cluster without TLS');
  await question.getByText('Cancel').click();
  await question.waitFor({ state: 'hidden' });
  expect(cluster.asked.length).toBe(before);
});

it('stops a job that nobody waits for at the press of a button', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Notifications: Clear All Notifications');
  cluster.job.status = 'RUNNING';
  await fillIn(undefined);
  await workbench.page.locator('.monaco-dialog-box').getByText('Send', { exact: true }).click();
  await workbench.waitForNotification('Attune trains on the cluster');
  await workbench.pressNotificationButton('Cancel');
  await workbench.waitForNotification('it goes on on the cluster');
  await workbench.pressNotificationButton('Stop the Job');
  await workbench.waitForNotification('Job raysubmit_team was stopped.');
  expect(cluster.asked.at(-1)?.url).toMatch(/raysubmit_team\/stop$/);
  await workbench.screenshot('cluster stopped');
});
