import * as l10n from '@vscode/l10n';
import type { ExportSettings } from '../../process/exchange/feedbackExchange.ts';

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
    label: l10n.t('Every record as it is'),
    detail: l10n.t('All that is stored, to keep or to import elsewhere.'),
    fileName: 'attune-feedback.jsonl',
  },
  {
    format: 'prompt-completion',
    label: l10n.t('Examples (prompt-completion)'),
    detail: l10n.t('What you wrote, for SFT with TRL.'),
    fileName: 'attune-prompt-completion.jsonl',
  },
  {
    format: 'preference',
    label: l10n.t('Preferences (preference)'),
    detail: l10n.t('Which of two texts is better, for DPO and reward models with TRL.'),
    fileName: 'attune-preference.jsonl',
  },
  {
    format: 'unpaired-preference',
    label: l10n.t('Judgements (unpaired preference)'),
    detail: l10n.t('Whether a text is worth showing, for KTO with TRL.'),
    fileName: 'attune-unpaired-preference.jsonl',
  },
  {
    format: 'prompt-only',
    label: l10n.t('Prompts (prompt-only)'),
    detail: l10n.t('Where completions were asked, for PPO and GRPO.'),
    fileName: 'attune-prompt-only.jsonl',
  },
];
