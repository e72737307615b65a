import { DataPanel, type DataPanelOptions } from './dataPanel.ts';
import { FeedbackCommands, type FeedbackCommandOptions } from './feedbackCommands.ts';
import type { LearningReportPanels } from '../learning/learningReportPanels.ts';

/** What the panel and the commands on stored feedback need together. */
type StoredWorkOptions = Omit<DataPanelOptions, 'onForgotten'> &
  Pick<FeedbackCommandOptions, 'storageRules' | 'exchange' | 'paths'> & {
    readonly reports: Pick<LearningReportPanels, 'refresh'>;
  };

/** The panel and the commands by which the user sees, takes out and deletes what is stored; each tells the other. */
export function storedWork({ reports, storageRules, ...options }: StoredWorkOptions) {
  const dataPanel = new DataPanel({ ...options, onForgotten: reports.refresh });
  const feedbackCommands = new FeedbackCommands({
    ...options,
    storageRules,
    now: () => options.clock.nowMs(),
    onForgotten: () => [reports.refresh(), dataPanel.refreshAfterward()],
  });
  return { dataPanel, feedbackCommands };
}
