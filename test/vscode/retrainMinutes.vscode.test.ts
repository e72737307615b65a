import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { quickHyperparameters, storeHouseStyle } from './houseStyle.ts';
import { useProduct } from './product.ts';

const { lora, sft, heldOutShare, maxHeldOutPrompts } = quickHyperparameters;

/** Far more steps than fit into a minute, and PPO as it is by default. */
const endless = { lora, sft: { ...sft, epochs: 16 }, heldOutShare, maxHeldOutPrompts };

const vscode = useProduct({
  settings: { 'attune.maxPromptTokens': 128, 'attune.maxNewTokens': 16, 'attune.retrainMinutes': 1 },
  env: { ATTUNE_HYPERPARAMETERS: JSON.stringify(endless) },
  prepare: storeHouseStyle,
});

it('ends a retraining within its minutes, with what is left of them in the status bar', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.runCommand('Attune: Retrain Assistant');
  await workbench.statusBarItem('Attune SFT').waitFor({ timeout: runTimeoutMs });
  await workbench.statusBarItem(/Attune .*, 1 min left/).waitFor({ timeout: runTimeoutMs });
  await workbench.screenshot('retrain minutes');
  await workbench.waitForNotification(/promoted: on \d+ held-out prompts/i, runTimeoutMs);
  const [entry] = await new AdapterStore(join(vscode().scratchFolder, 'adapters')).list();
  expect(entry).toMatchObject({
    kind: 'adapter',
    manifest: {
      hyperparameters: { timeBudgetMs: 60_000, ppo: { rolloutsPerIteration: 16, minibatches: 2, epochs: 2 } },
      stages: [
        {
          name: 'sft',
          stopReason: expect.stringMatching(/^there was time for \d+ of \d+ steps$/) as string,
        },
        { name: 'reward' },
        { name: 'ppo' },
      ],
    },
  });
});

it('stops a retraining from the menu', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.runCommand('Attune: Retrain Assistant');
  await workbench.statusBarItem('Attune SFT').waitFor({ timeout: runTimeoutMs });
  await workbench.statusBarItem('Attune SFT').click();
  await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await workbench.screenshot('retrain menu');
  await workbench.pick('Stop Retraining');
  await workbench.waitForNotification(/Retraining was stopped at SFT step \d+ of \d+\./);
  await workbench.statusBarItem(/^\s*Attune (base|\d)/).waitFor();
});

/** The trainer gives way to all else: on a busy machine it takes minutes to read the model, and again for the gate's fewest prompts. */
const runTimeoutMs = 270_000;
