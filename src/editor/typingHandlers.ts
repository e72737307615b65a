import type { Alternatives } from './alternatives.ts';
import type { CommandId } from './commands.ts';
import type { CompletionCommands } from './completionCommands.ts';

/** What the commands on the completion on the screen do: there from the start, since a key may wait for nothing. */
export function typingHandlers(completions: CompletionCommands, alternatives: Alternatives) {
  return {
    'attune.trigger': completions.trigger,
    'attune.accept': completions.accept,
    'attune.acceptWord': completions.acceptWord,
    'attune.acceptLine': completions.acceptLine,
    'attune.showNext': alternatives.showNext,
    'attune.showPrevious': alternatives.showPrevious,
    'attune.dismiss': completions.dismiss,
  } satisfies Partial<Record<CommandId, () => unknown>>;
}

/** A command that a key runs while one types. */
export type TypingCommand = keyof ReturnType<typeof typingHandlers>;
