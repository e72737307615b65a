import type { Adapters } from '../process/adapters.ts';
import type { EngineClient } from '../process/clients.ts';
import { rollBack } from './adapterCommands.ts';
import type { AdapterExchange } from './adapterExchange.ts';
import type { Alternatives } from './alternatives.ts';
import type { BeforeAfterPanel } from './beforeAfterPanel.ts';
import type { ClusterTraining } from './clusterTraining.ts';
import type { CompletionCommands } from './completionCommands.ts';
import { showDiagnostics, type DiagnosticsOptions } from './diagnostics.ts';
import type { CurrentSettings } from './currentSettings.ts';
import type { DataPanel } from './dataPanel.ts';
import type { EngineStarter } from './engineStarter.ts';
import type { FeedbackCommands } from './feedbackCommands.ts';
import type { LearnHere } from './learnHere.ts';
import { toggleLearnHere } from './learnHereQuestion.ts';
import type { MeasuredModels } from './measuredModels.ts';
import { showMenu } from './menu.ts';
import type { Notices } from './notices.ts';
import type { LearningReportPanels } from './learningReportPanels.ts';
import type { RankPanel } from './rankPanel.ts';
import type { CommandHandlers } from './registerCommands.ts';
import type { Retraining } from './retraining.ts';
import { chooseModel, chooseShow, toggle, toggleLanguage } from './settingCommands.ts';
import type { Snooze } from './snooze.ts';
import { chooseSnooze } from './snoozeCommand.ts';
import type { StatusFacts } from './statusText.ts';
import type { StoredRecords } from './storedRecords.ts';

/** The parts of the extension that commands call. */
export interface CommandParts {
  readonly adapters: Adapters;
  readonly adapterExchange: AdapterExchange;
  readonly alternatives: Alternatives;
  readonly clusterTraining: ClusterTraining;
  readonly completions: CompletionCommands;
  readonly dataPanel: DataPanel;
  readonly engine: EngineClient;
  readonly feedbackCommands: FeedbackCommands;
  readonly log: { show(): void };
  readonly diagnostics: DiagnosticsOptions;
  readonly beforeAfter: BeforeAfterPanel;
  readonly learnHere: LearnHere;
  readonly measured: MeasuredModels;
  readonly notices: Notices;
  readonly rankPanel: RankPanel;
  readonly reports: LearningReportPanels;
  readonly retraining: Retraining;
  readonly settings: CurrentSettings;
  readonly snooze: Snooze;
  readonly starter: EngineStarter;
  readonly records: StoredRecords;
  readonly statusFacts: () => StatusFacts;
}

/** What each command does. */
export function commandHandlers(parts: CommandParts): CommandHandlers {
  const { completions, feedbackCommands, retraining, statusFacts } = parts;
  return {
    'attune.retrain': retraining.run,
    'attune.showLearningReport': parts.reports.choose,
    'attune.showBeforeAfter': parts.beforeAfter.show,
    'attune.rollBack': () => rollBack(parts),
    'attune.exportAdapter': parts.adapterExchange.exportAdapter,
    'attune.importAdapter': parts.adapterExchange.importAdapter,
    'attune.trainOnCluster': parts.clusterTraining.run,
    'attune.forgetClusterToken': parts.clusterTraining.forgetToken,
    'attune.rankAlternatives': parts.rankPanel.rankAtCursor,
    'attune.ask': parts.rankPanel.askForCode,
    'attune.trigger': completions.trigger,
    'attune.accept': completions.accept,
    'attune.acceptWord': completions.acceptWord,
    'attune.acceptLine': completions.acceptLine,
    'attune.showNext': parts.alternatives.showNext,
    'attune.showPrevious': parts.alternatives.showPrevious,
    'attune.dismiss': completions.dismiss,
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
      parts.records.forgetCount();
      return showMenu(statusFacts());
    },
  };
}
