import { Argument, type Command } from 'commander';
import { bashScript, fishScript, zshScript } from './shellScripts.ts';
import type { Terminal } from './terminal.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

type Shell = keyof typeof scripts;

/** The command `completion`: what a shell completes of the command line itself. */
export function addCompletionCommand(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .description('Print a script by which a shell completes commands and options.')
    .addArgument(new Argument('<shell>').choices(Object.keys(scripts)))
    .addHelpText(
      'after',
      `
Examples:
  source <(attune completion bash)                                 # in ~/.bashrc
  source <(attune completion zsh)                                  # in ~/.zshrc
  attune completion fish > ~/.config/fish/completions/attune.fish`,
    )
    .action((shell: Shell) => terminal.print(scripts[shell](program)));
}
