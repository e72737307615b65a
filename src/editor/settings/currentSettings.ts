import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { RunningAs } from '../model/modelMeasurements.ts';
import type { Notices } from '../notices.ts';
import {
  formerCollectName,
  parseSettings,
  settingsAt,
  settingTable,
  type SettingName,
  type SettingProblem,
  type Settings,
  type WrittenSettings,
} from './settings.ts';
import { patternsFromAll, whereSet, withoutForeignYes } from './whereSet.ts';

/** The settings that only the user may say yes in. */
const consents: readonly (SettingName | typeof formerCollectName)[] = ['collect', formerCollectName];

/** In every spelling that is understood. */
const isYes = (written: unknown): boolean => settingTable.collect.read(written) === 'on';

/** As much of a document as settings depend on. */
export type SettingsScope = Pick<vscode.TextDocument, 'uri' | 'languageId'>;

/** How many tokens of a prompt a model reads in a second here; undefined where it never ran so. */
type PromptSpeedOf = (running: RunningAs) => number | undefined;

/** The user's settings as they are now, parsed anew whenever they change. */
export class CurrentSettings implements vscode.Disposable {
  readonly #notices: Pick<Notices, 'tell'>;
  readonly #promptSpeedOf: PromptSpeedOf;
  readonly #changed = new vscode.EventEmitter<Settings>();
  readonly #listening: vscode.Disposable;
  readonly #told = new Set<SettingName>();
  /** By folder and language: reading all settings takes longer than a key may. */
  readonly #scoped = new Map<string, Settings>();
  #written: WrittenSettings;
  #value: Settings;

  constructor(notices: Pick<Notices, 'tell'>, promptSpeedOf: PromptSpeedOf) {
    this.#notices = notices;
    this.#promptSpeedOf = promptSpeedOf;
    this.#written = this.#read();
    this.#value = this.#ofWindow(this.#written);
    this.#listening = vscode.Disposable.from(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('attune')) this.#readAnew();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#readAnew()),
    );
  }

  /** The settings of the window. */
  get value(): Settings {
    return this.#value;
  }

  /** The same as they are written. */
  get written(): WrittenSettings {
    return this.#written;
  }

  /** The settings of a document: its folder and its language may have some of their own. */
  at(scope: SettingsScope): Settings {
    const folder = vscode.workspace.getWorkspaceFolder(scope.uri)?.uri.toString() ?? '';
    const key = `${scope.languageId} ${folder}`;
    const known = this.#scoped.get(key);
    if (known !== undefined) return known;
    const settings = this.#follow(this.#read(scope));
    this.#scoped.set(key, settings);
    return settings;
  }

  /** The settings of the document in front. */
  get inFront(): Settings {
    const document = vscode.window.activeTextEditor?.document;
    return document === undefined ? this.#value : this.at(document);
  }

  /** The model that the user's own settings name, whatever those of a workspace say; undefined where they name none. */
  readonly ownModel = (): string | undefined => {
    const written = vscode.workspace.getConfiguration('attune').inspect('model')?.globalValue;
    return settingTable.model.read(written);
  };

  get onChanged(): vscode.Event<Settings> {
    return this.#changed.event;
  }

  /** Writes a setting where it has its value for the document in front from; for all of them if it has none. */
  async write<Name extends SettingName>(name: Name, value: WrittenSettings[Name]): Promise<void> {
    const configuration = vscode.workspace.getConfiguration(
      'attune',
      vscode.window.activeTextEditor?.document,
    );
    const isMultiRoot = vscode.workspace.workspaceFile !== undefined;
    const { target, isForLanguage } = whereSet(configuration.inspect(name), isMultiRoot);
    await configuration.update(name, value, vscode.ConfigurationTarget[target], isForLanguage);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  #readAnew(): void {
    this.#scoped.clear();
    this.#written = this.#read();
    this.#value = this.#ofWindow(this.#written);
    this.#changed.fire(this.#value);
  }

  #ofWindow(written: WrittenSettings): Settings {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const ofFolders = folders
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => ({ folder: uri.fsPath, ...this.#read(uri) }));
    return { ...this.#follow(written), folders: ofFolders };
  }

  #follow(written: WrittenSettings): Settings {
    return settingsAt(written, this.#promptSpeedOf(written));
  }

  #read(scope?: SettingsScope | vscode.Uri): WrittenSettings {
    const configuration = vscode.workspace.getConfiguration('attune', scope);
    const { settings, problems } = parseSettings((name) =>
      consents.includes(name)
        ? withoutForeignYes(configuration.inspect(name), isYes)
        : configuration.get(name),
    );
    for (const problem of problems) this.#tell(problem);
    const name = 'store.excluded';
    return { ...settings, [name]: patternsFromAll(configuration.inspect(name), settingTable[name].read) };
  }

  /** Whoever is in the middle of writing a number is told once. */
  #tell({ name, sentence }: SettingProblem): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    const open = () => vscode.commands.executeCommand('workbench.action.openSettings', `attune.${name}`);
    this.#notices.tell('warn', sentence, { [l10n.t('Open Setting')]: open });
  }
}
