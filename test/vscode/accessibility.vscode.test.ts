import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { openFeedbackStore } from '../../src/feedback/storing/sqliteFeedbackStore.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { sampleKept, wholeRun } from '../report/sampleRun.ts';
import { tinyAdapter } from '../trainer/adapterFixture.ts';
import {
  askedAt,
  completion,
  corrected,
  demonstration,
  keptBy,
  ranking,
  refusedFor,
} from '../trainer/feedbackRecords.ts';
import { violationsIn } from './axe.ts';
import { emptyLine, testModel, useProduct } from './product.ts';

/* Every page of Attune in every kind of theme that VS Code has, as axe judges it. */

/** VS Code's own themes, and the class that it gives to pages in them. */
const themes = [
  ['light', 'Default Light Modern', 'vscode-light'],
  ['dark', 'Default Dark Modern', 'vscode-dark'],
  ['high contrast', 'Default High Contrast', 'vscode-high-contrast'],
  ['light high contrast', 'Default High Contrast Light', 'vscode-high-contrast-light'],
] as const;

let stored: Promise<void> | undefined;
const vscode = useProduct({
  prepare: (dataFolder) => {
    fillStore(dataFolder);
    stored = storeAdapter(dataFolder);
  },
});

function fillStore(dataFolder: string): void {
  const { store } = openFeedbackStore(join(dataFolder, 'feedback.sqlite'), 0);
  const at = (minute: number) => ({
    ...askedAt('def mean(numbers):\n    total = █\n', minute),
    languageId: 'python',
  });
  store.addCompletion(completion(at(1), 'sum(numbers)', { ...keptBy(1), finalText: 'sum(numbers)' }));
  store.addCompletion(completion(at(2), 'max(numbers)', refusedFor('sum(numbers)')));
  store.addCompletion(completion(at(3), 'len(numbers)', { ...keptBy(1), ...corrected('refused') }));
  store.addCompletion(completion(at(4), '', { noCompletionReason: 'silence' }));
  store.addDemonstration(demonstration(at(5), 'numbers[0]'));
  store.addRanking(
    ranking(at(6), [
      ['len(numbers)', 1],
      ['0', 2],
    ]),
  );
  store.close();
}

/** It does not fit the model, so that its weights are never loaded: what reports show is in its manifest. */
async function storeAdapter(dataFolder: string): Promise<void> {
  const store = new AdapterStore(join(dataFolder, 'adapters'));
  const { stages, verdict, startedAtMs, finishedAtMs } = wholeRun();
  const id = '2026-11-24-newer';
  const changes = { baseModelId: testModel, stages, verdict, startedAtMs, finishedAtMs };
  await store.save(tinyAdapter(id, changes, sampleKept));
  await store.promote(id as AdapterId);
}

/** The page that was opened last. */
const page = () => vscode().workbench.lastWebview();

/** Each page, how it is opened with something to see in it, and the colour behind it. */
const pages = {
  'the learning report': {
    ground: 'var(--vscode-editor-background)',
    open: async () => {
      await stored;
      // The palette does not learn of commands that come while it is open.
      await vscode().workbench.statusBarItem('Attune').waitFor();
      await vscode().workbench.runCommand('Attune: Show Learning Report');
      await page().locator('canvas').first().waitFor();
    },
  },
  'before and after feedback': {
    ground: 'var(--vscode-editor-background)',
    open: async () => {
      await vscode().workbench.runCommand('Attune: Show Before and After Feedback');
      await page().getByText('A sum').waitFor();
    },
  },
  'what is stored': {
    ground: 'var(--vscode-editor-background)',
    open: async () => {
      await vscode().workbench.runCommand('Attune: Show What Is Stored');
      await page().getByRole('row').nth(5).click();
      await page().getByRole('button', { name: 'Forget This Record' }).waitFor();
      await page().getByText('What is never stored, and why').click();
    },
  },
  'what is learned from it': {
    ground: 'var(--vscode-editor-background)',
    open: async () => {
      await page().getByLabel('What to show').selectOption('preferences');
      await page().getByRole('row').nth(2).click();
    },
  },
  'alternatives to rank': {
    ground: 'var(--vscode-sideBar-background)',
    open: async () => {
      const { workbench } = vscode();
      await workbench.openFile('lists.py');
      await workbench.moveCursorTo(emptyLine, 1);
      await workbench.type('    ');
      await workbench.press('Shift+Alt+Backslash');
      await page().locator('.card').first().waitFor();
      await page().locator('.busy').waitFor({ state: 'detached' });
    },
  },
} as const;

describe.each(Object.entries(pages))('%s', (name, { open, ground }) => {
  it('opens', open);

  it.each(themes)('can be used by everybody in %s colours', async (kind, theme, bodyClass) => {
    const { workbench } = vscode();
    choose(theme);
    await page().locator(`body.${bodyClass}`).waitFor();
    await workbench.page.waitForTimeout(themeMs);
    await workbench.screenshot(`everybody ${name} ${kind}`);
    expect(await violationsIn(page().locator('html'), ground)).toEqual([]);
  });
});

/** Chooses a theme in the settings of the workspace. */
function choose(theme: string): void {
  const folder = join(vscode().workspaceFolder, '.vscode');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ 'workbench.colorTheme': theme }));
}

/** The change of a theme fades. */
const themeMs = 500;
