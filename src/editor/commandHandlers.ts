import type { Adapters } from '../process/adapters.ts';
import type { EngineClient } from '../process/clients.ts';
import { rollBack } from './learning/adapterCommands.ts';
import type { AdapterExchange } from './learning/adapterExchange.ts';
import type { BeforeAfterPanel } from './learning/beforeAfterPanel.ts';
import type { ClusterTraining } from './learning/clusterTraining.ts';
import { showDiagnostics, type DiagnosticsOptions } from './diagnostics.ts';
import type { CurrentSettings } from './settings/currentSettings.ts';
import type { DataPanel } from './stored/dataPanel.ts';
import type { EngineStarter } from './model/engineStarter.ts';
import type { FeedbackCommands } from './stored/feedbackCommands.ts';
import type { LearnHere } from './stored/learnHere.ts';
import { toggleLearnHere } from './stored/learnHereQuestion.ts';
import type { MeasuredModels } from './model/measuredModels.ts';
import { showMenu } from './status/menu.ts';
import type { Notices } from './notices.ts';
import type { PredictedModels } from './model/predictedModels.ts';
import type { LearningReportPanels } from './learning/learningReportPanels.ts';
import type { CommandHandlers } from './registerCommands.ts';
import type { TypingCommand } from './typingHandlers.ts';
import type { Retraining } from './learning/retraining.ts';
import { chooseModel, chooseShow, toggle, toggleLanguage } from './settings/settingCommands.ts';
import type { Snooze } from './status/snooze.ts';
import { chooseSnooze } from './status/snoozeCommand.ts';
import type { StatusFacts } from './status/statusText.ts';

/** The parts of the extension that commands call. */
export interface CommandParts {
  readonly adapters: Adapters;
  readonly adapterExchange: AdapterExchange;
  readonly clusterTraining: ClusterTraining;
  readonly dataPanel: DataPanel;
  readonly engine: EngineClient;
  readonly feedbackCommands: FeedbackCommands;
  readonly log: { show(): void };
  readonly diagnostics: DiagnosticsOptions;
  readonly beforeAfter: BeforeAfterPanel;
  readonly learnHere: LearnHere;
  readonly measured: MeasuredModels;
  readonly notices: Notices;
  readonly predicted: PredictedModels;
  readonly reports: LearningReportPanels;
  readonly retraining: Retraining;
  readonly settings: CurrentSettings;
  readonly snooze: Snooze;
  readonly starter: EngineStarter;
  readonly statusFacts: () => StatusFacts;
  /** Says that records may have come or gone. */
  readonly forgetCount: () => void;
}

/** What each command does that has time to load what it needs. */
export function commandHandlers(parts: CommandParts): Omit<CommandHandlers, TypingCommand> {
  const { feedbackCommands, retraining, statusFacts } = parts;
  return {
    'attune.retrain': retraining.run,
    'attune.stopRetraining': retraining.stop,
    'attune.showLearningReport': parts.reports.choose,
    'attune.showBeforeAfter': parts.beforeAfter.show,
    'attune.rollBack': () => rollBack({ ...parts, settings: () => parts.settings.value }),
    'attune.exportAdapter': parts.adapterExchange.exportAdapter,
    'attune.importAdapter': parts.adapterExchange.importAdapter,
    'attune.trainOnCluster': parts.clusterTraining.run,
    'attune.forgetClusterToken': parts.clusterTraining.forgetToken,
    'attune.toggle': () => toggle(parts),
    'attune.toggleLanguage': () => toggleLanguage(parts),
    'attune.chooseShow': () => chooseShow(parts),
    'attune.snooze': () => chooseSnooze(parts.snooze),
    'attune.endSnooze': parts.snooze.end,
    'attune.chooseModel': () => chooseModel(parts),
    'attune.startEngine': parts.starter.start,
    'attune.showData': parts.dataPanel.show,
    'attune.exportFeedback': feedbackCommands.exportFeedback,
    'attune.importFeedback': feedbackCommands.importFeedback,
    'attune.forgetFile': feedbackCommands.forgetFile,
    'attune.forgetEverything': feedbackCommands.forgetEverything,
    'attune.toggleLearnHere': () => toggleLearnHere(parts.learnHere, parts.notices),
    'attune.showDiagnostics': () => showDiagnostics(parts.diagnostics),
    'attune.showLog': () => parts.log.show(),
    'attune.showMenu': () => {
      parts.forgetCount();
      return showMenu(statusFacts());
    },
  };
}
