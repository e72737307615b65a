import { join } from 'node:path';
import { expect, it } from 'vitest';
import { useVsCode } from './useVsCode.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

const vscode = useVsCode({
  extension: join(fixtures, 'probe-extension'),
  workspaceFolder: join(fixtures, 'probe-workspace'),
  openFile: 'first.txt',
  settings: { 'probe.greeting': 'Hello' },
  env: ({ scratchFolder }) => ({ PROBE_NAME: scratchFolder }),
});

it('activates the extension, with the settings and the environment it was given', async () => {
  const { workbench, scratchFolder } = vscode();
  await workbench.statusBarItem('probe ready').waitFor();
  await workbench.runCommand('Probe: Greet');
  await workbench.waitForNotification(`Hello ${scratchFolder}`);
  await workbench.pressNotificationButton('Answer');
  await workbench.waitForNotification('answered');
});

it('sees ghost text, takes a word of it, then all of it', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.moveCursorTo(3, 1);
  await workbench.type('const an');
  await workbench.waitForGhostText('swer = forty + two;');
  await workbench.screenshot('harness ghost text');
  await workbench.press('ControlOrMeta+ArrowRight');
  await workbench.waitForGhostText(' = forty + two;');
  await workbench.screenshot('harness word accepted');
  await workbench.press('Tab');
  await workbench.waitForNoGhostText();
  await workbench.save();
  expect(await readWorkspaceFile('first.txt')).toBe('one\ntwo\nconst answer = forty + two;');
});

it('sees ghost text of several lines go away on Escape', async () => {
  const { workbench, readWorkspaceFile } = vscode();
  await workbench.press('Enter');
  await workbench.type('if');
  await workbench.waitForGhostText(' (ready) {\n  start();\n}');
  await workbench.screenshot('harness several lines');
  await workbench.press('Escape');
  await workbench.waitForNoGhostText();
  await workbench.save();
  expect(await readWorkspaceFile('first.txt')).toMatch(/two;\nif$/);
});

it('opens another file and reaches into a webview', async () => {
  const { workbench } = vscode();
  await workbench.openFile('second.txt');
  await workbench.runCommand('Probe: Show Panel');
  const button = workbench.webview().getByRole('button');
  await button.click();
  await expect.poll(() => button.textContent()).toBe('pressed');
  await workbench.screenshot('harness webview');
});
