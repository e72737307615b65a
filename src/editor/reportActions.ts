import type { LearningReport } from '../report/learningReport.ts';
import type { ToReport } from './learningReportMessages.ts';

/** Who serves now, and what can be done about it from the report of an adapter. */
export function reportActions(
  { adapterId, verdict }: Pick<LearningReport, 'adapterId' | 'verdict'>,
  servingId: LearningReport['adapterId'] | undefined,
): ToReport {
  if (servingId === adapterId) {
    return { sentence: 'This adapter serves now.', button: { action: 'rollBack', label: 'Roll Back' } };
  }
  const sentence = `${servingId === undefined ? 'The base model' : `Adapter ${servingId}`} serves now.`;
  if (!verdict.promoted) return { sentence };
  return { sentence, button: { action: 'serve', label: 'Let This Adapter Serve Again' } };
}
