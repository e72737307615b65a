import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyLine, readGhostText, testModel } from './product.ts';
import { useVsCode } from './useVsCode.ts';

const projectFolder = join(import.meta.dirname, '..', '..');
const target = `${process.platform}-${process.arch}`;
const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
  version: string;
};

/** What `npm run package` leaves: the archive, and the folder that it was made from. */
const vsix = join(projectFolder, 'artifacts', `attune-${target}-${version}.vsix`);
const staged = join(projectFolder, 'artifacts', 'package', target);

/** Nothing but the model is chosen: a profile as a new user has it, and an engine that nobody else uses. */
const newProfile = {
  workspaceFolder: join(import.meta.dirname, 'fixtures', 'product-workspace'),
  openFile: 'lists.py',
  settings: { 'attune.model': testModel },
  env: ({ scratchFolder }: { readonly scratchFolder: string }) => ({ XDG_RUNTIME_DIR: scratchFolder }),
};

// The desktop program is handed a folder to develop in; a VSIX is installed into VS Code Server alone.
const isDesktop = process.env['ATTUNE_DESKTOP_VSCODE'] !== undefined;
if (!isDesktop) execFileSync(process.execPath, ['scripts/package.mjs'], { cwd: projectFolder });

describe.skipIf(isDesktop)('the package, installed into an empty profile', () => {
  const vscode = useVsCode({ ...newProfile, extension: vsix });

  it('completes', async () => {
    const { workbench, readWorkspaceFile } = vscode();
    await workbench.statusBarItem('Attune base').waitFor();
    await workbench.moveCursorTo(emptyLine, 1);
    await workbench.type('    answer = ');
    const text = await readGhostText(vscode());
    await workbench.screenshot('package completes');
    await workbench.press('Tab');
    await workbench.waitForNoGhostText();
    await workbench.save();
    expect(await readWorkspaceFile('lists.py')).toContain(`\n    answer = ${text}`);
  });

  it('has the pages of its side panels', async () => {
    const { workbench } = vscode();
    await workbench.press('Enter');
    await workbench.type('second = ');
    await workbench.runCommand('Attune: Rank Alternatives');
    await workbench.webview().locator('.card').first().waitFor();
    await workbench.screenshot('package side panel');
  });
});

describe.skipIf(isDesktop)('the package with a native file that is gone', () => {
  const damaged = mkdtempSync(join(tmpdir(), 'attune-damaged-'));
  if (!isDesktop) {
    cpSync(staged, damaged, { recursive: true });
    rmSync(join(damaged, 'dist', 'node_modules', 'onnxruntime-node', 'bin'), { recursive: true });
  }
  afterAll(() => rmSync(damaged, { recursive: true, force: true }));
  const vscode = useVsCode({ ...newProfile, extension: damaged });

  it('names the file, and what to do', async () => {
    const { workbench } = vscode();
    await workbench.statusBarItem('Attune failed').waitFor();
    await workbench.waitForNotification('Attune is not installed whole:');
    await workbench.screenshot('package damaged');
  });
});
