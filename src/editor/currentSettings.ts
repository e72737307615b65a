import * as vscode from 'vscode';
import type { Logger } from './logger.ts';
import { parseSettings, type SettingName, type Settings } from './settings.ts';

/** The user's settings as they are now, parsed anew whenever they change. */
export class CurrentSettings implements vscode.Disposable {
  readonly #log: Logger;
  readonly #changed = new vscode.EventEmitter<Settings>();
  readonly #listening: vscode.Disposable;
  readonly #known = new Set<string>();
  #value: Settings;

  constructor(log: Logger) {
    this.#log = log;
    this.#value = this.#read();
    this.#listening = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('attune')) return;
      this.#value = this.#read();
      this.#changed.fire(this.#value);
    });
  }

  get value(): Settings {
    return this.#value;
  }

  get onChanged(): vscode.Event<Settings> {
    return this.#changed.event;
  }

  /** Writes a setting where the user has it: in the workspace if it is set there, else for all of them. */
  async write<Name extends SettingName>(name: Name, value: Settings[Name]): Promise<void> {
    const configuration = vscode.workspace.getConfiguration('attune');
    const isInWorkspace = configuration.inspect(name)?.workspaceValue !== undefined;
    await configuration.update(name, value, !isInWorkspace);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  #read(): Settings {
    const configuration = vscode.workspace.getConfiguration('attune');
    const { settings, problems } = parseSettings((name) => configuration.get(name));
    for (const problem of problems.filter((text) => !this.#known.has(text))) {
      this.#known.add(problem);
      this.#log.warn(problem);
    }
    return settings;
  }
}
