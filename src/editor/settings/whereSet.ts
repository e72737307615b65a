import type * as vscode from 'vscode';

/** The values that a setting has, as VS Code tells them. */
export type InspectedSetting = Omit<
  NonNullable<ReturnType<vscode.WorkspaceConfiguration['inspect']>>,
  'key' | 'languageIds'
>;

/** Where a value of a setting lies. */
export interface SettingTarget {
  readonly target: 'Global' | 'Workspace' | 'WorkspaceFolder';
  /** Whether it is one for a single language. */
  readonly isForLanguage: boolean;
}

/**
 * Where the value of a setting comes from, so that another written there counts: one for the language
 * before one for all, then the folder's, the workspace's, the user's.
 *
 * @param isMultiRoot whether folders have settings beside those of the workspace: otherwise they are the same.
 */
export function whereSet(inspected: InspectedSetting | undefined, isMultiRoot: boolean): SettingTarget {
  const places = [
    [
      'WorkspaceFolder',
      isMultiRoot,
      inspected?.workspaceFolderLanguageValue,
      inspected?.workspaceFolderValue,
    ],
    ['Workspace', true, inspected?.workspaceLanguageValue, inspected?.workspaceValue],
    ['Global', true, inspected?.globalLanguageValue, inspected?.globalValue],
  ] as const;
  const known = places.filter(([, isKnown]) => isKnown);
  const ofLanguage = known.find(([, , value]) => value !== undefined);
  const ofAll = known.find(([, , , value]) => value !== undefined);
  return { target: (ofLanguage ?? ofAll)?.[0] ?? 'Global', isForLanguage: ofLanguage !== undefined };
}

/**
 * What counts of patterns that leave files out: those of all places, while VS Code takes the nearest list in place of the
 * others. The later ones count more, and they are the user's: no `!` of a project takes back what the user left out.
 */
export function patternsFromAll(
  inspected: InspectedSetting | undefined,
  read: (written: unknown) => readonly string[] | undefined,
): readonly string[] {
  const { workspaceFolderValue, workspaceValue, globalValue } = inspected ?? {};
  const all = [workspaceFolderValue, workspaceValue, globalValue].flatMap((written) => read(written) ?? []);
  return all.filter((pattern, index) => all.lastIndexOf(pattern) === index);
}

/**
 * What counts of a setting that only the user may say yes to, wherever they work: a yes of the workspace does not, since
 * its settings come with the project, and may be somebody else's. A no counts from anywhere.
 */
export function withoutForeignYes(
  inspected: InspectedSetting | undefined,
  isYes: (written: unknown) => boolean,
): unknown {
  const { workspaceFolderValue, workspaceValue, globalValue } = inspected ?? {};
  const nearest = workspaceFolderValue ?? workspaceValue ?? globalValue;
  return isYes(nearest) ? globalValue : nearest;
}
