import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { makeGif, type Picture } from './animatedGif.ts';
import {
  houseStyleDemonstrations,
  quickHyperparameters,
  storeHouseStyle,
  type HouseProject,
} from './houseStyle.ts';
import { useProduct } from './product.ts';

/*
 * The animation of the README, and the pictures beside it: typed, accepted, ranked and retrained in a real VS Code
 * with the model that people meet first. Time alone is told otherwise: keys come at the pace of a person, a wait
 * takes as long as reading does, and the retraining is fast.
 */

/** Three functions in a file, so that the newest of them are many files, and the gate can be sure. */
const project: HouseProject = {
  verbs: ['load', 'save', 'find'],
  nouns: [
    ...['user', 'order', 'item', 'page', 'file', 'image', 'mail', 'city', 'team', 'task', 'note', 'tag'],
    ...['room', 'seat', 'trip', 'song', 'book', 'game', 'card', 'bill', 'shop', 'road', 'lamp', 'door'],
  ],
  firstAtMs: Date.now() - 24 * 3_600_000,
};

const vscode = useProduct({
  settings: {
    'attune.model': 'qwen2.5-coder-0.5b',
    'workbench.colorTheme': 'Default Dark Modern',
    'editor.fontSize': 16,
    'editor.lineHeight': 24,
    // What takes room or moves, and is not Attune's.
    'breadcrumbs.enabled': false,
    'editor.minimap.enabled': false,
    'editor.stickyScroll.enabled': false,
    'editor.wordBasedSuggestions': 'off',
    'files.autoSave': 'afterDelay',
    'window.commandCenter': false,
    'workbench.activityBar.location': 'hidden',
    'workbench.hover.delay': 60_000,
    'workbench.layoutControl.enabled': false,
  },
  env: { ATTUNE_HYPERPARAMETERS: JSON.stringify(quickHyperparameters) },
  prepare: (dataFolder) => storeHouseStyle(dataFolder, project),
  prepareWorkspace: (folder) => {
    const lists = join(folder, 'lists.py');
    writeFileSync(lists, readFileSync(lists, 'utf8').split('def smallest')[0] ?? '');
    writeFileSync(join(folder, 'baskets.py'), '');
  },
});

/** Of `lists.py`, without its last function, which is empty. */
const lastLine = 21;

/** As wide as a README is shown. */
const frameSize = { width: 960, height: 600 };

const folder = join(import.meta.dirname, '..', '..', 'docs', 'pictures');

/** Panels and messages fade in. */
const fadeMs = 500;

/** The 0.5B writes a block, or five alternatives, on a machine that does something else as well. */
const writingMs = 120_000;

/** Six minutes on two cores that do something else as well; this is for a machine that is slower by far. */
const retrainingMs = 1_500_000;

/** A picture costs a busy machine a third of a second, which the retraining would lack. */
const lookAgainMs = 3000;

/** What is shown of a retraining. */
const trainingShots = { count: 50, ms: 100 };

const film: Picture[] = [];
let caption: string;

const look = () => vscode().workbench.page.screenshot();

const settle = () => vscode().workbench.page.waitForTimeout(fadeMs);

/** The screen as it is now, for so long. */
async function show(ms: number): Promise<void> {
  film.push({ png: await look(), caption, ms });
}

/** The screen as it is now, as a picture of its own. */
async function keep(name: string): Promise<void> {
  await settle();
  writeFileSync(join(folder, `${name}.png`), await look());
}

/** Types a text as a person does, some nine keys a second, a little unevenly. */
async function type(text: string): Promise<void> {
  const { keyboard } = vscode().workbench.page;
  for (const [index, key] of Array.from(text).entries()) {
    await (key === '\n' ? keyboard.press('Enter') : keyboard.type(key));
    await show(80 + 20 * ((index * 7) % 4));
  }
}

/** Waits for a completion and leaves time to read it. */
async function read(completion: RegExp, ms: number): Promise<void> {
  await vscode().workbench.waitForGhostText(completion, writingMs);
  await show(ms);
}

/** Runs the command that the palette finds first for a part of its title. */
async function run(title: string): Promise<void> {
  const { workbench } = vscode();
  await workbench.press('F1');
  await type(title);
  await workbench.page.locator('.quick-input-list .monaco-list-row.focused').getByText(title).waitFor();
  await show(600);
  await workbench.press('Enter');
}

/** Whether a text stands in one of the panels. */
async function isRead(text: string): Promise<boolean> {
  const frames = vscode().workbench.page.frames();
  const counts = frames.map((frame) => frame.getByText(text).count());
  return (await Promise.all(counts)).some((count) => count > 0);
}

/** Looks every few seconds until something is here. */
async function watch(coming: Promise<void>): Promise<Buffer[]> {
  const seen: Buffer[] = [];
  const here = coming.then(() => 'here' as const);
  do seen.push(await look());
  while ((await Promise.race([here, vscode().workbench.page.waitForTimeout(lookAgainMs)])) !== 'here');
  return seen;
}

/** So many of a list, evenly, from its first on. */
function some<T>(list: readonly T[], count: number): T[] {
  const share = Math.min(1, count / list.length);
  return list.filter((_, i) => i === 0 || Math.floor(i * share) > Math.floor((i - 1) * share));
}

beforeAll(async () => {
  const { workbench } = vscode();
  mkdirSync(folder, { recursive: true });
  await workbench.page.setViewportSize(frameSize);
  await workbench.runCommand('View: Close Primary Side Bar');
  await workbench.statusBarItem('Attune base').waitFor({ timeout: writingMs });
  await workbench.runCommand('Notifications: Clear All Notifications');
});

it('completes what is typed, and Tab takes it', async () => {
  const { workbench } = vscode();
  await workbench.moveCursorTo(lastLine, 1);
  caption = 'Type: a model on your own machine writes on.';
  await show(1200);
  await type('def mean(numbers):\n');
  await read(/^"""/, 1800);
  caption = 'Accept with Tab. What becomes of a completion is remembered, on your machine.';
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  await show(1800);
  await type('\n');
});

it('takes an order of alternatives', async () => {
  const { workbench } = vscode();
  caption = 'Rank alternatives: say which you like best.';
  await run('Attune: Rank');
  const panel = workbench.webview();
  await panel.locator('.card').first().waitFor({ timeout: writingMs });
  await settle();
  await show(500);
  await panel.locator('.card').nth(1).waitFor({ timeout: writingMs });
  await panel.locator('.busy').waitFor({ state: 'detached', timeout: writingMs });
  await show(1600);
  for (const rank of ['1', '2']) {
    await panel.locator('.unranked .card').last().focus();
    await show(400);
    await workbench.press(rank);
    await show(800);
  }
  await keep('rank');
  await panel.getByText('Save Ranking').click();
  await panel.getByText('Stored: the order of 2 alternatives').waitFor();
  await show(1500);
});

it('retrains, and the better policy serves', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('View: Close Primary Side Bar');
  const { length } = houseStyleDemonstrations(project);
  caption = `Retrain, here from ${length} functions of a project`;
  await run('Attune: Retrain');
  const startMs = Date.now();
  const seen = await watch(workbench.waitForNotification(/promoted: on/i, retrainingMs));
  const minutes = ((Date.now() - startMs) / 60_000).toFixed(1);
  const { count, ms } = trainingShots;
  caption += `: ${minutes} minutes in ${(count * ms) / 1000} seconds.`;
  film.push(...some(seen, count).map((png) => ({ png, caption, ms })));
  expect((await workbench.notifications()).join()).toContain('Promoted: on');
  caption = 'Only what does better on newer work, which training never saw, may serve.';
  await settle();
  await show(2500);
  await workbench.pressNotificationButton('Show Learning Report');
  await expect.poll(() => isRead('This adapter serves now.'), { timeout: writingMs }).toBe(true);
  await keep('report');
  await show(2800);
});

it('writes as the project does from then on', async () => {
  const { workbench } = vscode();
  await workbench.openFile('baskets.py');
  caption = 'Type again: it begins a function as all of that project begin.';
  await show(1000);
  await type('def load_basket(id):\n');
  await read(/^tally\.enter\('load_basket', id\)/, 2500);
  await workbench.press('Tab');
  await show(2000);
});

it('shows what is stored, in a light theme as well', async () => {
  const { workbench } = vscode();
  await workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
  await workbench.runCommand('View: Close Primary Side Bar');
  await workbench.runCommand('View: Close All Editors in Group');
  await workbench.runCommand('Attune: Show What Is Stored');
  const stored = workbench.webview(1);
  await stored.getByRole('row', { name: /lists\.py.*wanted/ }).click();
  await stored.getByRole('region', { name: 'The selected record' }).waitFor();
  await keep('stored');
});

it('is small and short enough for a README', async () => {
  const gif = await makeGif(film);
  expect(gif.length).toBeLessThan(3e6);
  const seconds = film.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  expect(seconds).toBeGreaterThan(20);
  expect(seconds).toBeLessThan(40);
  writeFileSync(join(folder, 'attune.gif'), gif);
});
