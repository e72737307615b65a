import * as l10n from '@vscode/l10n';
import type { ClusterJobState } from '../../process/cluster/clusterClients.ts';
import type { ClusterExport } from '../../process/cluster/clusterExports.ts';
import type { Settings } from '../settings/settings.ts';

const methodSetting = 'attune.retrainMethod';

/** What would travel, file by file, so that each person finds their own in it, and how is trained there where `method` follows SFT here. */
export function previewText(exports: readonly ClusterExport[], method: Settings['retrainMethod']): string {
  const parts = exports.map(({ folder, files }, i) =>
    [i === 0 ? l10n.t('Your own work:') : folder, ...files.map(fileLine)].join('\n'),
  );
  return [
    ...parts,
    methodLine(method),
    l10n.t(
      'With it goes the program that trains, which holds nothing of yours. The newest fifth of your work stays here and judges what comes back.',
    ),
  ].join('\n\n');
}

function methodLine(method: Settings['retrainMethod']): string {
  const named = method.toUpperCase();
  return l10n.t(
    '{0} follows there after supervised fine-tuning, as the setting {1} says.',
    named,
    methodSetting,
  );
}

function fileLine({ name, bytes, rows }: ClusterExport['files'][number]): string {
  const size = `${Math.ceil(bytes / 1000)} kB`;
  return rows === undefined ? l10n.t('{0}: {1}', name, size) : l10n.t('{0}: {1} rows, {2}', name, rows, size);
}

/** How many rows exports have together. */
export function rowsOf(exports: readonly ClusterExport[]): number {
  return exports.flatMap(({ files }) => files).reduce((sum, { rows = 0 }) => sum + rows, 0);
}

/** The stages of a job in words; cluster/attune_cluster names them. */
const stageWords: Readonly<Record<string, string>> = {
  sft: l10n.t('Learning from what you wrote'),
  reward: l10n.t('Learning what you prefer'),
  dpo: l10n.t('Learning what you prefer'),
  kto: l10n.t('Learning what you keep'),
  ppo: l10n.t('Practising against what you prefer'),
  done: l10n.t('Sending the adapter'),
};

/** One line on how far a job is. */
export function jobLine({ status, progress }: ClusterJobState): string {
  if (progress === undefined)
    return status === 'PENDING'
      ? l10n.t('Waiting for the cluster to begin')
      : l10n.t('The cluster makes ready');
  const { stage, step, totalSteps, numbers } = progress;
  const loss = numbers['loss'] === undefined ? '' : `, loss ${numbers['loss'].toFixed(2)}`;
  return l10n.t('{0} ({1} {2} of {3}{4})', stageWords[stage] ?? stage, stage, step, totalSteps, loss);
}
