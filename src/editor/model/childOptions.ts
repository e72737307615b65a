import { join } from 'node:path';
import type * as vscode from 'vscode';
import { systemClock as clock } from '../../completion/systemClock.ts';
import type { Logger } from '../logger.ts';

/** How a child process of a bundle is started that lies beside the extension's own. */
export function childOptions(
  { extensionPath }: Pick<vscode.ExtensionContext, 'extensionPath'>,
  log: Logger,
  bundle: 'engine.mjs' | 'trainer.mjs',
) {
  const entryPath = join(extensionPath, 'dist', bundle);
  return { entryPath, log: (line: string) => log.info(line), clock };
}
