import { expect, it } from 'vitest';
import { whereSet, type InspectedSetting } from '../../src/editor/whereSet.ts';

it.each<[string, InspectedSetting | undefined, boolean, string, boolean]>([
  ['nowhere', undefined, false, 'Global', false],
  ['by default', { defaultValue: true }, true, 'Global', false],
  ['by the user', { globalValue: false }, false, 'Global', false],
  ['in the workspace', { globalValue: true, workspaceValue: false }, false, 'Workspace', false],
  [
    'in one of several folders',
    { workspaceValue: true, workspaceFolderValue: false },
    true,
    'WorkspaceFolder',
    false,
  ],
  ['in the only folder', { workspaceValue: true, workspaceFolderValue: true }, false, 'Workspace', false],
  ['for the language', { workspaceValue: true, globalLanguageValue: false }, false, 'Global', true],
  [
    'for the language in the workspace',
    { workspaceLanguageValue: false, globalLanguageValue: true },
    true,
    'Workspace',
    true,
  ],
])('finds a setting that is set %s', (_, inspected, isMultiRoot, target, isForLanguage) => {
  expect(whereSet(inspected, isMultiRoot)).toEqual({ target, isForLanguage });
});
