import type { Command } from 'commander';
import { writeWhole } from '../feedback/storing/writeWhole.ts';
import { giveAnswer } from './answer.ts';
import { runDemo, type DemoOptions } from './demo.ts';
import { demoJson, demoText } from './demoReport.ts';
import { modelOption, positiveNumber, seedOption, threadsOption } from './options.ts';
import { requirePlaceOf } from './paths.ts';
import type { Terminal } from './terminal.ts';

/** The command `demo`. */
export function addDemoCommand(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('Replay a developer’s work, retrain from it, and show what changed.')
    .addOption(modelOption())
    .option('--project <folder>', 'project whose newer half is replayed', process.cwd())
    .option('--old <folder>', 'with --new: the older of two versions of a project')
    .option('--new <folder>', 'with --old: the newer of two versions of a project')
    .option('--data <folder>', 'where feedback and adapters are kept (default: a new temporary folder)')
    .option('--max-requests <count>', 'how often the policy is asked', positiveNumber)
    .option('--max-lines <count>', 'how many lines are typed', positiveNumber)
    .addOption(seedOption())
    .addOption(threadsOption())
    .option('--json [file]', 'print the result as JSON, or write it to a file too')
    .action((options: DemoOptions & { readonly json?: string | true }) => demo(options, terminal));
}

async function demo(
  { json, ...options }: DemoOptions & { readonly json?: string | true },
  terminal: Terminal,
): Promise<void> {
  // A quarter of an hour is too long to find out only then.
  await requirePlaceOf(typeof json === 'string' ? json : undefined);
  const result = await runDemo(options, terminal);
  giveAnswer(terminal, { json: json === true }, { text: demoText(result), json: demoJson(result) });
  if (typeof json === 'string') await writeWhole(json, `${JSON.stringify(demoJson(result), null, 2)}\n`);
}
