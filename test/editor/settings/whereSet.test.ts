import { expect, it } from 'vitest';
import { settingTable } from '../../../src/editor/settings/settings.ts';
import {
  patternsFromAll,
  whereSet,
  withoutForeignYes,
  type InspectedSetting,
} from '../../../src/editor/settings/whereSet.ts';

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

it.each<[string, InspectedSetting | undefined, unknown]>([
  ['nothing', undefined, undefined],
  ['the user’s yes', { globalValue: 'on' }, 'on'],
  ['no yes of the project', { workspaceValue: 'on' }, undefined],
  ['no yes that the project writes as it once was written', { workspaceValue: true }, undefined],
  ['the user’s yes as it once was written', { globalValue: true }, true],
  ['the user’s no against the project’s yes', { workspaceFolderValue: 'on', globalValue: 'off' }, 'off'],
  ['the project’s no against the user’s yes', { workspaceValue: 'off', globalValue: 'on' }, 'off'],
  ['the user’s yes beside the project’s', { workspaceValue: 'on', globalValue: 'on' }, 'on'],
])('hears %s where only the user may say yes', (_, inspected, heard) => {
  const isYes = (written: unknown): boolean => settingTable.collect.read(written) === 'on';
  expect(withoutForeignYes(inspected, isYes)).toBe(heard);
});

it.each<[string, InspectedSetting | undefined, readonly string[]]>([
  ['nothing', undefined, []],
  ['the user’s beside those of the project', { globalValue: ['a'], workspaceValue: ['b'] }, ['b', 'a']],
  ['the user’s where the project says there are none', { globalValue: ['a'], workspaceValue: [] }, ['a']],
  ['the user’s where the project’s are none at all', { globalValue: ['a'], workspaceValue: 'b' }, ['a']],
  [
    'the user’s last, against what takes them back',
    { globalValue: ['a'], workspaceValue: ['a', '!a'] },
    ['!a', 'a'],
  ],
  ['once those of the only folder', { workspaceValue: ['b'], workspaceFolderValue: ['b'] }, ['b']],
])('takes of patterns %s', (_, inspected, patterns) => {
  expect(patternsFromAll(inspected, settingTable['store.excluded'].read)).toEqual(patterns);
});
