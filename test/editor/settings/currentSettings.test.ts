import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { InspectedSetting } from '../../../src/editor/settings/whereSet.ts';

/** What is written for a setting, for the window or, behind a blank, for one folder in it. */
type Written = Readonly<Record<string, InspectedSetting>>;

/** Settings as VS Code tells them: the nearest value counts, also where it is a list. */
const api = vi.hoisted(() => {
  const listening = () => ({ dispose: () => undefined });
  const written: { of: Written } = { of: {} };
  const uriOf = (fsPath: string) => ({ scheme: 'file', fsPath });
  class EventEmitter {
    readonly event = listening;
    fire(): void {}
    dispose(): void {}
  }
  return {
    ...{ EventEmitter, written },
    Disposable: { from: listening },
    workspace: {
      onDidChangeConfiguration: listening,
      onDidChangeWorkspaceFolders: listening,
      workspaceFolders: ['/a', '/b'].map((fsPath) => ({ uri: uriOf(fsPath) })),
      getConfiguration: (_: string, scope?: { readonly fsPath: string }) => {
        const inspect = (name: string): InspectedSetting => ({
          ...written.of[name],
          ...written.of[`${name} ${scope?.fsPath}`],
        });
        const get = (name: string): unknown => {
          const { workspaceFolderValue, workspaceValue, globalValue } = inspect(name);
          return workspaceFolderValue ?? workspaceValue ?? globalValue;
        };
        return { inspect, get };
      },
    },
  };
});
vi.mock('vscode', () => api);
const { CurrentSettings } = await import('../../../src/editor/settings/currentSettings.ts');

function settingsOf(written: Written) {
  api.written.of = written;
  const problems: unknown[] = [];
  const tell = (_: unknown, sentence: unknown) => problems.push(sentence);
  const settings = new CurrentSettings({ tell }, () => undefined);
  onTestFinished(() => settings.dispose());
  return { ...settings.value, problems };
}

describe('what a window stores', () => {
  it('leaves out what the user excluded, whatever the project excludes', () => {
    const written = { globalValue: ['**/customers/**'], workspaceValue: ['docs/**'] };
    const { 'store.excluded': excluded } = settingsOf({ 'store.excluded': written });
    expect(excluded).toEqual(['docs/**', '**/customers/**']);
  });

  it('leaves it out also where the project writes what cannot be used, and says so', () => {
    const written = { globalValue: ['**/customers/**'], workspaceValue: 5 };
    const { 'store.excluded': excluded, problems } = settingsOf({ 'store.excluded': written });
    expect(excluded).toEqual(['**/customers/**']);
    expect(problems).toHaveLength(1);
  });

  it('hears what each folder says for itself', () => {
    const { collect, folders } = settingsOf({
      collect: { globalValue: 'on' },
      'collect /a': { workspaceFolderValue: 'off' },
      'store.excluded': { globalValue: ['x'] },
      'store.excluded /b': { workspaceFolderValue: ['y'] },
    });
    expect(collect).toBe('on');
    expect(folders).toMatchObject([
      { folder: '/a', collect: 'off', 'store.excluded': ['x'] },
      { folder: '/b', collect: 'on', 'store.excluded': ['y', 'x'] },
    ]);
  });
});
