import * as l10n from '@vscode/l10n';
import type { LearningReport } from '../../report/learningReport.ts';
import type { NowServing } from './adapterChoices.ts';
import type { ToReport } from './learningReportMessages.ts';

/** Who serves now, and what can be done about it from the report of an adapter. */
export function reportActions(
  { adapterId, baseModelId, verdict }: Pick<LearningReport, 'adapterId' | 'baseModelId' | 'verdict'>,
  { servingId, model }: Pick<NowServing, 'servingId' | 'model'>,
): ToReport {
  if (servingId === adapterId) {
    return {
      sentence: l10n.t('This adapter serves now.'),
      button: { action: 'rollBack', label: l10n.t('Roll Back') },
    };
  }
  const sentence =
    servingId === undefined
      ? l10n.t('The base model serves now.')
      : l10n.t('Adapter {0} serves now.', servingId);
  if (!verdict.promoted || baseModelId !== model) return { sentence };
  return { sentence, button: { action: 'serve', label: l10n.t('Let This Adapter Serve Again') } };
}
