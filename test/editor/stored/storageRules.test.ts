import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSettings, settingsAt } from '../../../src/editor/settings/settings.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const api = vi.hoisted(() => ({
  workspace: { workspaceFolders: [] as unknown[], isTrusted: true },
}));
vi.mock('vscode', () => api);
const { learnFromOf, readingRulesOf, storageRulesOf } =
  await import('../../../src/editor/stored/storageRules.ts');

const settings = settingsAt(parseSettings(() => undefined).settings, undefined);

let here: string;
let gone: string;

beforeEach(() => {
  here = temporaryFolder();
  gone = join(here, 'gone');
  api.workspace.workspaceFolders = [
    { uri: { scheme: 'vscode-vfs', fsPath: '/github/somebody/project' } },
    { uri: { scheme: 'file', fsPath: gone } },
    { uri: { scheme: 'file', fsPath: here } },
  ];
});

it('takes the folders on a disk for those of the workspace', () => {
  expect(storageRulesOf(settings).workspaceFolders).toEqual([gone, here]);
});

it('learns from those that can be read, and from none where the user does not want it', () => {
  expect(learnFromOf(settings, true).workspaceFolders).toEqual([here]);
  expect(learnFromOf(settings, false).workspaceFolders).toEqual([]);
  expect(learnFromOf({ ...settings, learnFromFiles: false }, true).workspaceFolders).toEqual([]);
});

it('tells learning from files turned off from a workspace where it may not learn', () => {
  const toldBy = (changes: Partial<typeof settings>, isAllowedHere: boolean) => {
    const { isOff, refusedFolders } = learnFromOf({ ...settings, ...changes }, isAllowedHere);
    return { isOff, refusedFolders };
  };
  expect(toldBy({}, true)).toEqual({ isOff: false, refusedFolders: [] });
  expect(toldBy({}, false)).toEqual({ isOff: false, refusedFolders: [gone, here] });
  expect(toldBy({ learnFromFiles: false }, true)).toMatchObject({ isOff: true });
  expect(toldBy({ collect: 'off' }, false)).toMatchObject({ isOff: true });
});

it('asks git of no folder that the user does not trust', () => {
  expect(learnFromOf(settings, true).mayAskGit).toBe(true);
  api.workspace.isTrusted = false;
  expect(learnFromOf(settings, true).mayAskGit).toBe(false);
});

describe('what a folder says for itself', () => {
  const folders = [
    { folder: '/work/a', collect: 'off', 'store.excluded': ['docs/'] },
    { folder: '/work/b', collect: 'ask', 'store.excluded': [] },
  ] as const;
  const patterns = [
    { folder: '/work/a', patterns: ['docs/'] },
    { folder: '/work/b', patterns: [] },
  ];
  const all = { folder: '/work/a', patterns: ['*'] };

  it('holds where others are open beside it, for what is stored and learned from', () => {
    const ofSeveral = { ...settings, folders };
    expect(storageRulesOf(ofSeveral).excludedIn).toEqual([...patterns, all]);
    expect(learnFromOf(ofSeveral, true).excludedIn).toEqual([...patterns, all]);
  });

  it('lets the model be shown, for one completion, what is only not to be stored', () => {
    expect(readingRulesOf({ ...settings, folders }).excludedIn).toEqual(patterns);
  });

  it('keeps nobody from importing where nothing is collected at all', () => {
    expect(storageRulesOf({ ...settings, collect: 'off', folders }).excludedIn).toEqual(patterns);
  });
});
