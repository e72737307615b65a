import type { ExampleSet } from './heldOut.ts';
import { jsonLines, trlRows, type RenderPrompt } from './trlRows.ts';

/** Names of the files TRL reads, one per kind of trainer, with their JSON Lines. */
export type TrlFiles = Readonly<
  Record<'sft.jsonl' | 'preference.jsonl' | 'kto.jsonl' | 'prompts.jsonl', string>
>;

/** The same examples in all formats of TRL at once, to go on training elsewhere. */
export function trlFiles(examples: ExampleSet, render: RenderPrompt): TrlFiles {
  return {
    'sft.jsonl': jsonLines(trlRows('prompt-completion', examples, render)),
    'preference.jsonl': jsonLines(trlRows('preference', examples, render)),
    'kto.jsonl': jsonLines(trlRows('unpaired-preference', examples, render)),
    'prompts.jsonl': jsonLines(trlRows('prompt-only', examples, render)),
  };
}
