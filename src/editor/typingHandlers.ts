import type { Alternatives } from './typing/alternatives.ts';
import type { CommandId } from './commands.ts';
import type { CompletionCommands } from './typing/completionCommands.ts';
import type { Late } from './late.ts';
import type { RankPanel } from './rank/rankPanel.ts';

/** What the commands do that one gives while one types: there from the start, since a key may wait for nothing. */
export function typingHandlers(
  completions: CompletionCommands,
  alternatives: Alternatives,
  rankPanel: Late<RankPanel>,
) {
  return {
    'attune.rankAlternatives': async () => (await rankPanel.get()).rankAtCursor(),
    'attune.ask': async () => (await rankPanel.get()).askForCode(),
    'attune.trigger': completions.trigger,
    'attune.accept': completions.accept,
    'attune.acceptWord': completions.acceptWord,
    'attune.acceptLine': completions.acceptLine,
    'attune.showNext': alternatives.showNext,
    'attune.showPrevious': alternatives.showPrevious,
    'attune.dismiss': completions.dismiss,
  } satisfies Partial<Record<CommandId, () => unknown>>;
}

/** A command that one gives while one types. */
export type TypingCommand = keyof ReturnType<typeof typingHandlers>;
