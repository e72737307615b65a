import type { ExamplePrompt, PreferenceGroup } from './examples.ts';
import type { ExampleSet } from './heldOut.ts';

/** The text that the policy is given for a prompt, special tokens spelled out. */
export type RenderPrompt = (prompt: ExamplePrompt) => string;

/** Names of the files TRL reads, one per kind of trainer, with their JSON Lines. */
export type TrlFiles = Readonly<
  Record<'sft.jsonl' | 'preference.jsonl' | 'kto.jsonl' | 'prompts.jsonl', string>
>;

/**
 * The same examples in the standard formats of TRL 1.x (`dataset_formats`), to go on training
 * elsewhere. A group of more than two texts has no format there: it becomes its pairs, and `group_id`
 * says which belong together. What was compared with silence becomes a KTO label.
 */
export function trlFiles(examples: ExampleSet, render: RenderPrompt): TrlFiles {
  const { demonstrations, preferenceGroups, prompts } = examples;
  return {
    'sft.jsonl': jsonLines(demonstrations.map((each) => ({ prompt: render(each), completion: each.text }))),
    'preference.jsonl': jsonLines(preferenceGroups.flatMap((group) => pairRows(group, render(group)))),
    'kto.jsonl': jsonLines(preferenceGroups.flatMap((group) => ktoRows(group, render(group)))),
    'prompts.jsonl': jsonLines(prompts.map((each) => ({ prompt: render(each) }))),
  };
}

function pairRows({ texts, pairs, promptKey }: PreferenceGroup, prompt: string): object[] {
  return pairs.map(({ better, worse }) => ({
    prompt,
    chosen: texts[better]!.text,
    rejected: texts[worse]!.text,
    group_id: promptKey,
  }));
}

function ktoRows({ texts, pairs }: PreferenceGroup, prompt: string): object[] {
  const isSilence = (index: number) => texts[index]!.writer === 'silence';
  return pairs
    .filter(({ better, worse }) => isSilence(better) || isSilence(worse))
    .map(({ better, worse }) => ({
      prompt,
      completion: texts[isSilence(better) ? worse : better]!.text,
      label: isSilence(worse),
    }));
}

function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
