import * as vscode from 'vscode';
import type { Clock, Timer } from '../../completion/clock.ts';
import type { EngineClient } from '../../process/clients.ts';
import type { CommandId } from '../commands.ts';
import type { CurrentSettings } from '../settings/currentSettings.ts';
import type { EngineStarter } from '../model/engineStarter.ts';
import { factsInFront } from './factsInFront.ts';
import type { Retraining } from '../learning/retraining.ts';
import type { Snooze } from './snooze.ts';
import { remediesOf, spokenOf, statusOf, tooltipOf, type StatusFacts } from './statusText.ts';
import type { Thinking } from '../typing/thinking.ts';
import type { WindowFeedback } from '../stored/windowFeedback.ts';

/** Typing changes the counts several times a second; nobody reads them that often. */
const refreshMs = 250;

const menuCommand: CommandId = 'attune.showMenu';

/** What the facts of now are read from. */
export interface FactSources {
  readonly engine: Pick<EngineClient, 'state'>;
  readonly starter: Pick<EngineStarter, 'missing' | 'isWaiting'>;
  readonly settings: Pick<CurrentSettings, 'inFront'>;
  readonly snooze: Pick<Snooze, 'untilMs'>;
  readonly thinking: Pick<Thinking, 'isThinking'>;
  readonly retraining: Pick<Retraining, 'status'>;
  readonly feedback: Pick<WindowFeedback, 'offers' | 'storedCount'>;
}

/** What the status bar tells now. */
export function currentFacts({
  engine,
  starter,
  settings,
  snooze,
  thinking,
  retraining,
  feedback,
}: FactSources): StatusFacts {
  return {
    engine: engine.state,
    missing: starter.missing,
    isWaiting: starter.isWaiting,
    ...factsInFront(settings),
    snoozedUntilMs: snooze.untilMs,
    isThinking: thinking.isThinking,
    retraining: retraining.status,
    session: feedback.offers.counts,
    storedRecords: feedback.storedCount,
  };
}

/** The status bar item: the state of Attune, the counts in its tooltip, and the menu behind it. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #facts: () => StatusFacts;
  readonly #clock: Clock;
  #refreshing: Timer | undefined;

  constructor(facts: () => StatusFacts, clock: Clock) {
    this.#facts = facts;
    this.#clock = clock;
    this.#item = vscode.window.createStatusBarItem('attune.status', vscode.StatusBarAlignment.Right, 100);
    this.#item.name = 'Attune';
    this.#item.command = menuCommand;
    this.#draw();
    this.#item.show();
  }

  /** Says that something changed which the item shows. */
  readonly refresh = (): void => {
    this.#refreshing ??= this.#clock.setTimer(refreshMs, () => {
      this.#refreshing = undefined;
      this.#draw();
    });
  };

  dispose(): void {
    this.#refreshing?.dispose();
    this.#item.dispose();
  }

  #draw(): void {
    const facts = this.#facts();
    const { text, isFailed } = statusOf(facts);
    this.#item.text = text;
    const tooltip = new vscode.MarkdownString(tooltipOf(facts), true);
    tooltip.isTrusted = { enabledCommands: remediesOf(facts) };
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: spokenOf(facts) };
    this.#item.backgroundColor = isFailed
      ? new vscode.ThemeColor('statusBarItem.errorBackground')
      : undefined;
  }
}
