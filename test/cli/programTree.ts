import type { Command } from 'commander';

/** Every command below another, groups among them, by the words that lead to it. */
export function commandsOf(command: Command, words: readonly string[] = []): string[] {
  return command.commands.flatMap((each) => {
    const path = [...words, each.name()];
    return [path.join(' '), ...commandsOf(each, path)];
  });
}

/** Those of them that do something themselves. */
export function leavesOf(command: Command): string[] {
  const all = commandsOf(command);
  return all.filter((name) => !all.some((other) => other.startsWith(`${name} `)));
}
