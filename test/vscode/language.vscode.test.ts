import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { sampleKept, wholeRun } from '../report/sampleRun.ts';
import { tinyAdapter } from '../trainer/adapterFixture.ts';
import { emptyLine, useProduct } from './product.ts';

/** Desktop VS Code takes its language from a language pack, which a test does not install. */
const hasLanguage = process.env['ATTUNE_DESKTOP_VSCODE'] === undefined;

describe.runIf(hasLanguage)('in German', () => {
  let stored: Promise<unknown> | undefined;
  const vscode = useProduct({
    language: 'de',
    settings: { 'attune.collect': undefined },
    prepare: (dataFolder) => {
      stored = storeAdapter(dataFolder);
    },
  });

  it('asks its question in it', async () => {
    const { workbench } = vscode();
    await workbench.statusBarItem('Attune Basis').waitFor();
    await workbench.moveCursorTo(emptyLine, 1);
    await workbench.type('    answer = ');
    await workbench.holdNotification('Darf Attune aus Ihrer Arbeit');
    await workbench.waitForGhostText();
    await workbench.press('Tab');
    await workbench.screenshot('language question');
    await workbench.pressNotificationButton('Hier lernen');
  });

  it('names its commands and the entries of its menu in it', async () => {
    const { workbench } = vscode();
    await workbench.runCommand('Attune: Menü anzeigen');
    await workbench.page.getByText('Assistenten trainieren').first().waitFor();
    await workbench.screenshot('language menu');
    await workbench.press('Escape');
  });

  it('shows its panels in it', async () => {
    const { workbench } = vscode();
    await workbench.press('End', 'Enter');
    await workbench.type('other = ');
    await workbench.press('Escape');
    await workbench.runCommand('Attune: Alternativen ordnen');
    const panel = workbench.webview();
    await panel.locator('.card').first().waitFor();
    await panel.getByText('Ihre Reihenfolge, die beste zuerst').waitFor();
    await panel.getByText('Einfügen').first().waitFor();
    await workbench.screenshot('language alternatives');
    await workbench.runCommand('Attune: Anzeigen, was gespeichert ist');
    const data = workbench.webview(1);
    await data.getByText('Was nie gespeichert wird, und warum').waitFor();
    await workbench.screenshot('language data');
  });

  it('reports in it what was learned', async () => {
    const { workbench } = vscode();
    await stored;
    await workbench.runCommand('View: Close Editor');
    await workbench.runCommand('Attune: Lernbericht anzeigen');
    const report = workbench.webview(1);
    await report.getByText('An 33 zurückgehaltenen Prompts').waitFor();
    await workbench.screenshot('language report');
    await report.getByText('PPO: Üben').scrollIntoViewIfNeeded();
    await workbench.screenshot('language report curves');
  });

  it('describes its settings in it', async () => {
    const { workbench } = vscode();
    await workbench.runCommand('Preferences: Open Settings (UI)');
    await workbench.type('attune.debounceMs');
    await workbench.page.getByText('Wie lange das Schreiben ruhen muss').first().waitFor();
    await workbench.screenshot('language settings');
  });
});

describe.runIf(hasLanguage)('in German, where something goes wrong', () => {
  const vscode = useProduct({ language: 'de', settings: { 'attune.model': 'no-such-model' } });

  it('says what and why in it, though another process found it', async () => {
    const { workbench } = vscode();
    await workbench.statusBarItem('Attune: Fehler').waitFor();
    await workbench.waitForNotification('Ein Modell „no-such-model“ gibt es nicht. Wählen Sie');
    await workbench.screenshot('language error');
    await workbench.pressNotificationButton('Protokoll anzeigen');
    const logged = workbench.page
      .locator('.view-line')
      .filter({ hasText: "There is no model 'no-such-model'" });
    await logged.first().waitFor();
    await workbench.screenshot('language log');
  });

  it('quotes it so in its diagnostics, though the log is English', async () => {
    const { workbench } = vscode();
    await workbench.runCommand('Attune: Diagnose anzeigen');
    const shown = workbench.page.locator('.editor-instance .view-lines');
    await shown.filter({ hasText: 'Attune-Diagnose' }).waitFor();
    // Only what is in sight is in the page.
    await workbench.press('Control+End');
    await shown.filter({ hasText: /Letzte\sProbleme/ }).waitFor();
    const [, problems] = (await shown.innerText()).replaceAll(/\s+/g, ' ').split('Letzte Probleme');
    expect(problems).toContain('error: Ein Modell „no-such-model“ gibt es nicht.');
    expect(problems).not.toContain('There is no model');
    await workbench.screenshot('language diagnostics');
  });
});

/** One that does not serve; its manifest is English, as the process that writes it is. */
function storeAdapter(dataFolder: string): Promise<unknown> {
  const { stages, verdict, startedAtMs, finishedAtMs } = wholeRun();
  const id = '2026-11-24-german';
  return new AdapterStore(join(dataFolder, 'adapters')).save(
    tinyAdapter(id, { stages, verdict, startedAtMs, finishedAtMs }, sampleKept),
  );
}
