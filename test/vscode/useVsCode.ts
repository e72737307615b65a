import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { openDesktopScreen } from './desktopScreen.ts';
import type { Screen, ScreenStart } from './screen.ts';
import { openServerScreen } from './serverScreen.ts';
import { artifactsFolder, type Workbench } from './workbench.ts';

export interface VsCodeOptions {
  /** A folder, used in place; or a VSIX, which is installed. */
  readonly extension: string;
  /** Folders of extensions beside it. Absent: there are none. */
  readonly otherExtensions?: readonly string[] | undefined;
  /** Copied to a folder of its own; the original is never written to. */
  readonly workspaceFolder: string;
  /** Changes the copy before VS Code starts. */
  readonly prepareWorkspace?: ((workspaceFolder: string) => void) | undefined;
  /** File of the workspace that is open at the start. */
  readonly openFile: string;
  /** User settings, on top of those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The program, with its arguments, that starts VS Code Server. Absent: none. */
  readonly startedBy?: readonly string[];
  /** The language that VS Code asks extensions to speak, such as `de`. Absent: English. VS Code Server only. */
  readonly language?: string | undefined;
  /** What the extension finds in its environment; it may name the folders of this run. */
  readonly env?: (run: VsCodeRun) => Readonly<Record<string, string>>;
}

/** The folders of one run, gone after it. */
export interface VsCodeRun {
  readonly workspaceFolder: string;
  /** Empty at the start, for whatever the extension keeps. */
  readonly scratchFolder: string;
}

/** A VS Code on the screen. */
export interface VsCode extends VsCodeRun {
  readonly workbench: Workbench;
  /** The text of a file of the workspace, as it is on the disk. */
  readonly readWorkspaceFile: (name: string) => Promise<string>;
}

/** Everything off that moves the screen, asks for attention, or offers completions of its own. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'editor.cursorBlinking': 'solid',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.restoreWindows': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * One VS Code for all tests of a file: VS Code Server in Chromium, or the desktop program that
 * `ATTUNE_DESKTOP_VSCODE` names. What fails leaves a screenshot and the logs.
 *
 * @returns what is open, from the first test on.
 */
export function useVsCode(options: VsCodeOptions): () => VsCode {
  let opened: OpenedVsCode | undefined;
  beforeAll(async () => {
    opened = await openVsCode(options);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await opened?.keepEvidence(`failed ${task.name}`);
  });
  afterAll(() => opened?.close());
  return () => {
    if (opened === undefined) throw new Error('VS Code is open only while the tests of the file run.');
    return opened;
  };
}

interface OpenedVsCode extends VsCode {
  readonly keepEvidence: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function openVsCode(options: VsCodeOptions): Promise<OpenedVsCode> {
  const runFolder = mkdtempSync(join(tmpdir(), 'attune-vscode-'));
  const run = { workspaceFolder: join(runFolder, 'workspace'), scratchFolder: join(runFolder, 'scratch') };
  cpSync(options.workspaceFolder, run.workspaceFolder, { recursive: true });
  mkdirSync(run.scratchFolder);
  options.prepareWorkspace?.(run.workspaceFolder);
  const screen = await openScreen(join(runFolder, 'data'), run, options);
  const close = async () => {
    await screen.close();
    rmSync(runFolder, { recursive: true, force: true, maxRetries: 5 });
  };
  await screen.workbench.waitUntilReady().catch(async (error: unknown) => {
    await keepEvidence(screen, 'failed to start');
    await close();
    throw error;
  });
  return {
    ...run,
    workbench: screen.workbench,
    readWorkspaceFile: (name) => readFile(join(run.workspaceFolder, name), 'utf8'),
    keepEvidence: (name) => keepEvidence(screen, name),
    close,
  };
}

/** Keeps what the screen shows and what VS Code logged so far. */
async function keepEvidence({ workbench, logFolder }: Screen, name: string): Promise<void> {
  await workbench.screenshot(name);
  cpSync(logFolder, join(artifactsFolder, 'logs'), { recursive: true });
}

function openScreen(dataFolder: string, run: VsCodeRun, options: VsCodeOptions): Promise<Screen> {
  const start: ScreenStart = {
    dataFolder,
    settings: JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2),
    env: options.env?.(run) ?? {},
    extension: options.extension,
    otherExtensions: options.otherExtensions ?? [],
    workspaceFolder: run.workspaceFolder,
    openFile: options.openFile,
    startedBy: options.startedBy ?? [],
    language: options.language,
  };
  const desktop = process.env['ATTUNE_DESKTOP_VSCODE'];
  return desktop === undefined ? openServerScreen(start) : openDesktopScreen(desktop, start);
}
