import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { commandTitles, type CommandId } from './commands.ts';
import type { Late } from './late.ts';
import type { Notices } from './notices.ts';
import type { TypingCommand } from './typingHandlers.ts';

/** What each command does. */
export type CommandHandlers = Readonly<Record<CommandId, () => unknown>>;

/** What is done by which command: at once, or by what is loaded for the first of the others. */
export interface RegisteredHandlers {
  readonly typing: Pick<CommandHandlers, TypingCommand>;
  readonly others: Late<{ readonly handlers: Omit<CommandHandlers, TypingCommand> }>;
}

/** Registers every command, each behind one fence: what goes wrong is told and logged, and ends there. */
export function registerCommands(
  { typing, others }: RegisteredHandlers,
  notices: Notices,
  showLog: () => void,
): vscode.Disposable {
  const handle = async (id: CommandId): Promise<unknown> =>
    isAmong(typing, id) ? typing[id]() : (await others.get()).handlers[id]();
  const registered = (Object.keys(commandTitles) as CommandId[]).map((id) =>
    vscode.commands.registerCommand(id, async () => {
      try {
        await handle(id);
      } catch (error) {
        notices.tellError(error, { [l10n.t('Show Log')]: showLog });
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

function isAmong(typing: Pick<CommandHandlers, TypingCommand>, id: CommandId): id is TypingCommand {
  return id in typing;
}
