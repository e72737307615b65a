import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { quickHyperparameters, storeHouseStyle } from './houseStyle.ts';
import { useProduct } from './product.ts';

/** A model of 35 KB, and an adapter for it that PEFT wrote. */
const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

const vscode = useProduct({
  settings: { 'attune.model': tiny, 'attune.maxPromptTokens': 64, 'attune.maxNewTokens': 8 },
  env: { ATTUNE_HYPERPARAMETERS: JSON.stringify(quickHyperparameters) },
  prepare: storeHouseStyle,
});

const stored = async () => new AdapterStore(join(vscode().scratchFolder, 'adapters')).list();

it('imports an adapter of PEFT once the user says that it belongs to the model, and tells the verdict', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.runCommand('Attune: Import Adapter…');
  await workbench.pick('PEFT folder');
  await workbench.answerFileDialog(join(tiny, 'peft'));
  const question = workbench.page.locator('.monaco-dialog-box');
  await question.waitFor();
  expect(await question.innerText()).toContain(`the model is ${tiny}`);
  await workbench.screenshot('adapter of another name');
  await question.getByText('They Are the Same Weights').click();
  await workbench.waitForNotification(/imported as .* on 30 held-out prompts/);
  await workbench.screenshot('adapter imported');
  expect(await stored()).toMatchObject([{ manifest: { imported: { format: 'peft' } } }]);
});

it('exports it as GGUF and says where it is', async () => {
  const { workbench, workspaceFolder } = vscode();
  const target = join(workspaceFolder, 'mine.gguf');
  await workbench.runCommand('Attune: Export Adapter…');
  await workbench.pick('imported from');
  await workbench.pick('GGUF file');
  await workbench.answerFileDialog(target);
  await workbench.waitForNotification(`was written to ${target}`);
  expect(existsSync(target)).toBe(true);
  await workbench.screenshot('adapter exported');
});
