import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { openFeedbackReader } from '../../src/feedback/storing/sqliteFeedbackReader.ts';
import { useVsCode, type VsCode } from './useVsCode.ts';

/** The smallest real model: quick enough to be typed with. */
export const testModel = 'smollm2-135m';

export interface ProductOptions {
  /** A folder or a VSIX; absent: the checkout. */
  readonly extension?: string;
  /** Folders of extensions beside it. Absent: there are none. */
  readonly otherExtensions?: readonly string[];
  /** Beside those that choose the model. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The language that VS Code asks extensions to speak. Absent: English. */
  readonly language?: string;
  /** Whether its engine is to be found in the run's scratch folder, below `attune`, instead of the user's. */
  readonly meetsInScratchFolder?: boolean;
  /** The program, with its arguments, that starts VS Code Server. Absent: none. */
  readonly startedBy?: readonly string[];
  /** Fills the data folder before VS Code starts. */
  readonly prepare?: (dataFolder: string) => void;
  /** Changes the workspace before VS Code starts. */
  readonly prepareWorkspace?: (workspaceFolder: string) => void;
}

/** A VS Code with Attune in it, built from the checkout or packed, on a small project, with the data folder in the run's scratch folder. */
export function useProduct({
  extension = join(import.meta.dirname, '..', '..'),
  otherExtensions,
  settings,
  env,
  language,
  meetsInScratchFolder = false,
  startedBy,
  prepare,
  prepareWorkspace,
}: ProductOptions = {}): () => VsCode {
  return useVsCode({
    ...{ extension, otherExtensions },
    workspaceFolder: join(import.meta.dirname, 'fixtures', 'product-workspace'),
    prepareWorkspace,
    language,
    openFile: 'lists.py',
    ...(startedBy === undefined ? {} : { startedBy }),
    settings: { 'attune.model': testModel, 'attune.collect': 'on', ...settings },
    env: ({ scratchFolder }) => {
      prepare?.(scratchFolder);
      const meeting = meetsInScratchFolder ? { XDG_RUNTIME_DIR: scratchFolder } : {};
      return { ATTUNE_DATA: scratchFolder, ...meeting, ...env };
    },
  });
}

/** The empty line in the last function of `lists.py`, where every test begins. */
export const emptyLine = 23;

/** Reads the store of a running VS Code, as another process may at any time. */
export function readStore({ scratchFolder }: Pick<VsCode, 'scratchFolder'>) {
  const reader = openFeedbackReader(join(scratchFolder, 'feedback.sqlite'));
  try {
    return {
      completions: reader.completions(),
      rankings: reader.rankings(),
      demonstrations: reader.demonstrations(),
    };
  } finally {
    reader.close();
  }
}

/**
 * The completions that were on the screen as one text behind another, with what became of that. On a slow machine one was
 * there before the last keys, which went along with it: it is stored as it was offered, with them at its beginning.
 */
export function recordsShown(vscode: Pick<VsCode, 'scratchFolder'>, typed: string, shown: string) {
  const all = readStore(vscode).completions.filter(
    ({ prefix, text }) => text.endsWith(shown) && `${prefix}${text}`.endsWith(`${typed}${shown}`),
  );
  return all.map(({ text, finalText, ...rest }) => {
    const along = text.slice(0, text.length - shown.length);
    return { ...rest, finalText: finalText?.startsWith(along) ? finalText.slice(along.length) : finalText };
  });
}

/** The newest completion that something became of: behind it may stand that nothing was offered where its text ends. */
export function lastAnswered(vscode: Pick<VsCode, 'scratchFolder'>) {
  return readStore(vscode).completions.findLast(({ outcome }) => outcome !== undefined);
}

/** One of the alternatives that have come, whichever comes above it later. */
export async function oneCard(panel: FrameLocator): Promise<Locator> {
  const index = await panel.locator('.card').first().getAttribute('data-index');
  return panel.locator(`.card[data-index="${index}"]`);
}

/** Beyond the time in which a dismissed completion counts as unseen (750 ms). */
const timeToReadMs = 1000;

/** The completion on the screen once it was there long enough to be read; by then one of several lines has all of them. */
export async function readGhostText({ workbench }: Pick<VsCode, 'workbench'>): Promise<string> {
  await workbench.waitForGhostText();
  await workbench.page.waitForTimeout(timeToReadMs);
  return workbench.waitForGhostText();
}
