import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';

/** On cores that others use too, a window that comes up and a model that is loaded for the first time take long. */
const defaultTimeoutMs = 120_000;

/** A quick pick is filled within a second; a window that comes up on a busy machine settles within three of these. */
const findMs = 8_000;
const findAttempts = 3;

/** Fast typing, one key in 40 ms: VS Code keeps up, and asks for completions in between. */
const typingDelayMs = 40;

/** VS Code's file dialog reads a folder in some 100 ms. */
const lookUpMs = 1500;

/** Where pictures and logs of the tests in VS Code are kept. */
export const artifactsFolder = join(import.meta.dirname, '..', '..', 'artifacts', 'vscode');

const editor = '.editor-instance .monaco-editor';

/** Ghost text: the part on the cursor's line is drawn within it, further lines in a box below it. */
const ghostLine = `${editor} .ghost-text-decoration`;
const ghostLinesBelow = `${editor} .suggest-preview-text .view-line`;

/** A hand on the keyboard and an eye on the screen of VS Code. Positions are 1-based, as VS Code shows them. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(defaultTimeoutMs);
  }

  /** Waits until an editor can be typed into, or a walkthrough has opened in its place. */
  async waitUntilReady(): Promise<void> {
    await this.page.locator(`${editor} .view-line, .gettingStartedContainer`).first().waitFor();
  }

  async openFile(name: string): Promise<void> {
    await this.#find('ControlOrMeta+P', name, name);
    await this.page.locator('.tab.active').filter({ hasText: name }).waitFor();
    await this.waitUntilReady();
  }

  async moveCursorTo(line: number, column: number): Promise<void> {
    await this.#ask('Control+G', `:${line}:${column}`);
    await this.press('Enter');
    await this.statusBarItem(`Ln ${line}, Col ${column}`).waitFor();
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: typingDelayMs });
  }

  /** Keys are named as Playwright names them: `Tab`, `Escape`, `ControlOrMeta+ArrowRight`. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** The completion on the screen as one text; empty when there is none. */
  async ghostText(): Promise<string> {
    const line = await this.page.locator(ghostLine).allInnerTexts();
    const below = await this.page.locator(ghostLinesBelow).allInnerTexts();
    return asTyped([line.join(''), ...below].join('\n'));
  }

  /** Waits for a completion on the screen and gives it; any text when none is expected. */
  async waitForGhostText(expected: string | RegExp = /./, timeoutMs = defaultTimeoutMs): Promise<string> {
    const fits = (text: string) => (typeof expected === 'string' ? text === expected : expected.test(text));
    return until(() => this.ghostText(), fits, { what: `ghost text ${String(expected)}`, timeoutMs });
  }

  async waitForNoGhostText(): Promise<void> {
    await until(
      () => this.ghostText(),
      (text) => text === '',
      { what: 'no ghost text', timeoutMs: defaultTimeoutMs },
    );
  }

  /** Saves the file in front; what was typed can then be read from the disk. */
  async save(): Promise<void> {
    await this.press('ControlOrMeta+S');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** Runs a command by its title in the command palette, category included: `Attune: Retrain Assistant`. */
  async runCommand(title: string): Promise<void> {
    await this.#find('F1', `>${title}`, title);
  }

  /** Takes the entry of an open quick pick whose text contains the given one. */
  async pick(text: string): Promise<void> {
    await this.#entry(text).click();
  }

  /** Answers VS Code's own file dialog, which it shows in a browser, with a path. */
  async answerFileDialog(path: string): Promise<void> {
    const dialog = this.page
      .locator('.quick-input-widget')
      .filter({ has: this.page.locator('.quick-input-title') });
    const input = dialog.locator('input.input').first();
    // Enter would go into a folder that is in the list.
    const accept = dialog.locator('.quick-input-action .monaco-button').first();
    await accept.waitFor();
    // It looks up the folder that it begins with, and each path, and tells nobody when it has.
    await this.page.waitForTimeout(lookUpMs);
    await input.fill(path);
    await this.page.waitForTimeout(lookUpMs);
    await accept.click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** The notifications on the screen, as their texts. */
  async notifications(): Promise<string[]> {
    return this.#notifications().locator('.notification-list-item-message').allInnerTexts();
  }

  async waitForNotification(text: string | RegExp, timeoutMs = defaultTimeoutMs): Promise<void> {
    await this.#notifications().filter({ hasText: text }).first().waitFor({ timeout: timeoutMs });
  }

  /** Waits for a message and rests the pointer on it: VS Code takes most others off the screen after ten seconds. */
  async holdNotification(text: string | RegExp, timeoutMs = defaultTimeoutMs): Promise<void> {
    await this.waitForNotification(text, timeoutMs);
    await this.#notifications().filter({ hasText: text }).first().hover();
  }

  async pressNotificationButton(text: string): Promise<void> {
    await this.#notifications().getByRole('button', { name: text }).first().click();
  }

  /** The item of the status bar that shows a text. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text }).first();
  }

  /** The inside of the webview on the screen, of several the one given by its place. */
  webview(index = 0): FrameLocator {
    const outer = this.page.locator('iframe.webview.ready').nth(index).contentFrame();
    return outer.locator('iframe#active-frame').contentFrame();
  }

  /** The inside of the webview that was opened last. */
  lastWebview(): FrameLocator {
    const outer = this.page.locator('iframe.webview.ready').last().contentFrame();
    return outer.locator('iframe#active-frame').contentFrame();
  }

  /** Keeps a picture of the screen in artifacts/vscode/. */
  async screenshot(name: string): Promise<void> {
    const fileName = `${name.replaceAll(/[^\w -]+/g, '_')}.png`;
    await this.page.screenshot({ path: join(artifactsFolder, fileName) });
  }

  #notifications(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }

  #entry(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
  }

  /**
   * Takes an entry of the quick pick that a key opens, found by a text. A quick pick lists what was known when it
   * opened, and closes when something else takes the focus, as a page does that comes up late: it is opened again
   * where the entry does not come or is gone before it is pressed.
   */
  async #find(key: string, text: string, entry: string): Promise<void> {
    for (let attempt = 1; attempt < findAttempts; attempt++) {
      const isTaken = await this.#ask(key, text, findMs)
        .then(() => this.#entry(entry).click({ timeout: findMs }))
        .then(
          () => true,
          () => false,
        );
      if (isTaken) return;
      await this.press('Escape');
    }
    await this.#ask(key, text);
    await this.pick(entry);
  }

  /** Opens a quick input with a key and puts a text into it. */
  async #ask(key: string, text: string, timeout = defaultTimeoutMs): Promise<void> {
    await this.press(key);
    await this.page.locator('.quick-input-widget input.input').first().fill(text, { timeout });
  }
}

/** The editor draws spaces as no-break spaces. */
function asTyped(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}

/** Reads again and again until the value fits, and gives it. */
async function until<T>(
  read: () => Promise<T>,
  fits: (value: T) => boolean,
  { what, timeoutMs }: { readonly what: string; readonly timeoutMs: number },
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let value = await read();
  while (!fits(value)) {
    if (Date.now() > deadline) {
      throw new Error(`Waited ${timeoutMs / 1000} s for ${what}; there was ${JSON.stringify(value)}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    value = await read();
  }
  return value;
}
