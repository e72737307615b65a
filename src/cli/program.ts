import { Command } from 'commander';
import { addAdaptersCommand } from './adaptersCommand.ts';
import { addClusterCommand } from './clusterCommand.ts';
import { addCompletionCommand } from './completionCommand.ts';
import { addCompleteCommand } from './completeCommand.ts';
import { addDemoCommand } from './demoCommand.ts';
import { addDoctorCommand } from './doctorCommand.ts';
import { addFeedbackCommand } from './feedbackCommand.ts';
import { addModelsCommand } from './modelsCommand.ts';
import { addRetrainCommand } from './retrainCommand.ts';
import { addReportCommand } from './reportCommand.ts';
import type { Terminal } from './terminal.ts';
import { programVersion } from './version.ts';

/** What follows the list of commands: enough to begin with. */
const learning = `
Examples:
  attune demo --model smollm2-135m                 # see all of it in a few minutes: type, learn, compare
  attune models fetch qwen2.5-coder-0.5b           # bring a model
  attune complete src/main.ts:12:5                 # what would be offered at line 12, column 5
  attune retrain --data DIR --workspace .          # learn from stored feedback and from this project
  attune report --data DIR --html report.html      # what that learned, with curves
  attune adapters roll-back --data DIR             # let the adapter before serve
  attune cluster submit JOB --address URL --wait   # train on a Ray cluster what attune cluster export wrote to JOB

DIR is where the feedback lies, as the editor or --data made it; ATTUNE_DATA names it once and for all.
A model of the catalogue that is needed and not here is downloaded, the default where none is named; doctor alone goes without.
Each command explains itself: attune COMMAND --help. Tab completes after: attune completion bash.

Results are on standard output, all else on standard error: a progress bar in a terminal, plain lines in a pipe.
With --json (all but completion) standard output is one JSON value, also where a command fails: {"error": {"reason", "message"}}.
Exit codes: 0 done, 1 it could not be done and the message says why, 2 the command is written wrongly,
130 cancelled with Ctrl+C.`;

/**
 * The command line, ready to parse. A command that is written wrongly is told of on the terminal and
 * then a CommanderError; what else goes wrong is the error of whoever noticed it.
 */
export function makeProgram(terminal: Terminal): Command {
  const program = new Command('attune')
    .description('Attune without an editor: the same code, headless.')
    .version(programVersion(), '--version', 'print the version')
    .addHelpText('after', learning)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.tell(text.trimEnd()),
    })
    .showHelpAfterError('Add --help to see what there is.');
  addDemoCommand(program, terminal);
  addCompleteCommand(program, terminal);
  addRetrainCommand(program, terminal);
  addReportCommand(program, terminal);
  addAdaptersCommand(program, terminal);
  addClusterCommand(program, terminal);
  addFeedbackCommand(program, terminal);
  addModelsCommand(program, terminal);
  addDoctorCommand(program, terminal);
  addCompletionCommand(program, terminal);
  return program;
}
