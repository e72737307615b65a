import * as vscode from 'vscode';
import type { Clock, Timer } from '../completion/clock.ts';
import type { CommandId } from './commands.ts';
import { statusOf, tooltipOf, type StatusFacts } from './statusText.ts';

/** Typing changes the counts several times a second; nobody reads them that often. */
const refreshMs = 250;

const menuCommand: CommandId = 'attune.showMenu';

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
    this.#item.tooltip = new vscode.MarkdownString(tooltipOf(facts), true);
    this.#item.backgroundColor = isFailed
      ? new vscode.ThemeColor('statusBarItem.errorBackground')
      : undefined;
  }
}
