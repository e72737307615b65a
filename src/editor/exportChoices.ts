import type { ExportSettings } from '../process/feedbackExchange.ts';

/** What feedback can be exported as. */
export interface ExportChoice extends ExportSettings {
  readonly label: string;
  readonly detail: string;
  /** What the file is called unless the user says otherwise. */
  readonly fileName: string;
}

/** Every format, the one that keeps everything first. */
export const exportChoices: readonly ExportChoice[] = [
  {
    format: 'records',
    label: 'Every record as it is',
    detail: 'All that is stored, to keep or to import elsewhere.',
    fileName: 'attune-feedback.jsonl',
  },
  {
    format: 'prompt-completion',
    label: 'Examples (prompt-completion)',
    detail: 'What you wrote, for SFT with TRL.',
    fileName: 'attune-prompt-completion.jsonl',
  },
  {
    format: 'preference',
    label: 'Preferences (preference)',
    detail: 'Which of two texts is better, for DPO and reward models with TRL.',
    fileName: 'attune-preference.jsonl',
  },
  {
    format: 'unpaired-preference',
    label: 'Judgements (unpaired preference)',
    detail: 'Whether a text is worth showing, for KTO with TRL.',
    fileName: 'attune-unpaired-preference.jsonl',
  },
  {
    format: 'prompt-only',
    label: 'Prompts (prompt-only)',
    detail: 'Where completions were asked, for PPO and GRPO.',
    fileName: 'attune-prompt-only.jsonl',
  },
];
