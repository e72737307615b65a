import { Command } from 'commander';
import { addAdaptersCommand } from './adaptersCommand.ts';
import { addClusterCommand } from './clusterCommand.ts';
import { addCompleteCommand } from './completeCommand.ts';
import { addDemoCommand } from './demoCommand.ts';
import { addDoctorCommand } from './doctorCommand.ts';
import { addFeedbackCommand } from './feedbackCommand.ts';
import { addModelsCommand } from './modelsCommand.ts';
import { addRetrainCommand } from './retrainCommand.ts';
import { addReportCommand } from './reportCommand.ts';
import type { Terminal } from './terminal.ts';

/**
 * The command line, ready to parse. A command that is written wrongly is told of on the terminal and
 * then a CommanderError; what else goes wrong is the error of whoever noticed it.
 */
export function makeProgram(terminal: Terminal): Command {
  const program = new Command('attune')
    .description('Attune without an editor: the same code, headless.')
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
  return program;
}
