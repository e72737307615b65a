import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { CommandId } from './commands.ts';
import type { Notices } from './notices.ts';

/** What each command does. */
export type CommandHandlers = Readonly<Record<CommandId, () => unknown>>;

/** Registers every command, each behind one fence: what goes wrong is told and logged, and ends there. */
export function registerCommands(handlers: CommandHandlers, notices: Notices): vscode.Disposable {
  const registered = Object.entries(handlers).map(([id, handle]) =>
    vscode.commands.registerCommand(id, async () => {
      try {
        await handle();
      } catch (error) {
        notices.tellError(error, { [l10n.t('Show Log')]: handlers['attune.showLog'] });
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
