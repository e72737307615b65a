import * as l10n from '@vscode/l10n';
import type { Verdict } from '../../trainer/adapters/manifest.ts';
import type { ExportSettings } from '../../process/clients.ts';
import { verdictSentence } from '../../report/verdictSentence.ts';
import { takenUpSentence, type TakenUp } from './takingUp.ts';

/** A form in which an adapter can be exported. */
export interface ExportForm {
  readonly format: ExportSettings['format'];
  readonly label: string;
  readonly detail: string;
  /** What the folder or file is called unless the user says otherwise. */
  readonly nameFor: (adapterId: string) => string;
  /** What the dialog lists; absent for folders. */
  readonly filters?: Readonly<Record<string, string[]>>;
  /** What whoever has it does with it, as a sentence. */
  readonly use: string;
}

const ggufFilters = { GGUF: ['gguf'] };

/** Every form, the one that can be imported again with its reward model first. */
export const exportForms = (): readonly ExportForm[] => [
  {
    format: 'peft',
    label: `$(folder) ${l10n.t('PEFT folder')}`,
    detail: l10n.t('For PEFT and transformers, with the reward model where there is one.'),
    nameFor: (id) => `attune-adapter-${id}`,
    use: l10n.t('PEFT loads it onto that model.'),
  },
  {
    format: 'gguf',
    label: `$(file-binary) ${l10n.t('GGUF file')}`,
    detail: l10n.t('For llama.cpp, beside the model’s own GGUF file.'),
    nameFor: (id) => `attune-adapter-${id}.gguf`,
    filters: ggufFilters,
    use: l10n.t('llama.cpp takes it beside that model’s GGUF file: --lora FILE.'),
  },
  {
    format: 'merged',
    label: `$(package) ${l10n.t('Whole model (merged safetensors)')}`,
    detail: l10n.t('Base model and adapter in one folder, as large as the base model in float32.'),
    nameFor: (id) => `attune-model-${id}`,
    use: l10n.t('transformers loads it as a model of its own.'),
  },
];

/** A form in which an adapter can be imported. */
export interface ImportForm {
  readonly label: string;
  readonly detail: string;
  /** How the dialog asks for it. */
  readonly dialog: {
    readonly canSelectFolders: boolean;
    readonly canSelectFiles: boolean;
    readonly filters?: Record<string, string[]>;
  };
}

/** No dialog of Windows or Linux takes files and folders alike, so the form is asked for first. */
export const importForms = (): readonly ImportForm[] => [
  {
    label: `$(folder) ${l10n.t('PEFT folder')}`,
    detail: l10n.t('With adapter_config.json and adapter_model.safetensors.'),
    dialog: { canSelectFolders: true, canSelectFiles: false },
  },
  {
    label: `$(file-binary) ${l10n.t('GGUF file')}`,
    detail: l10n.t('A LoRA adapter as llama.cpp takes it.'),
    dialog: { canSelectFolders: false, canSelectFiles: true, filters: ggufFilters },
  },
];

/**
 * The verdict on an imported adapter, for a message.
 *
 * @param taken what became of it where it was promoted.
 */
export function importedSentence(
  {
    adapterId,
    verdict,
  }: {
    readonly adapterId: string;
    readonly verdict: Verdict;
  },
  taken: TakenUp | undefined,
): string {
  const now = taken === undefined ? l10n.t('It is kept, and does not serve.') : takenUpSentence(taken);
  return l10n.t('The adapter was imported as {0}. {1} {2}', adapterId, verdictSentence(verdict), now);
}
