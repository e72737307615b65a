import type { Workbench } from './workbench.ts';

/** A workbench, and how to close what shows it. */
export interface Screen {
  readonly workbench: Workbench;
  /** Where VS Code and its extensions write their logs. */
  readonly logFolder: string;
  close(): Promise<void>;
}

/** What VS Code is started with, in Chromium or on the desktop. */
export interface ScreenStart {
  /** Where VS Code keeps settings, logs and state; empty. */
  readonly dataFolder: string;
  /** The text of settings.json. */
  readonly settings: string;
  readonly env: Readonly<Record<string, string>>;
  /** A folder, used in place; or, but not on the desktop, a VSIX, which is installed. */
  readonly extension: string;
  /** Folders of extensions beside it. */
  readonly otherExtensions: readonly string[];
  readonly workspaceFolder: string;
  /** File of the workspace that is open at the start. */
  readonly openFile: string;
  /** What starts VS Code Server in its turn, with arguments; empty: nothing does. */
  readonly startedBy: readonly string[];
  /** What VS Code asks extensions to speak; absent: English. Not on the desktop. */
  readonly language?: string | undefined;
}
