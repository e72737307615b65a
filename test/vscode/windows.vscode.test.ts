import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isAlive, until } from '../process/children.ts';
import { emptyLine, useProduct } from './product.ts';
import { Workbench } from './workbench.ts';

const vscode = useProduct({ meetsInScratchFolder: true });

/** The ids of the engines that windows can find. */
function engines(): number[] {
  const folder = join(vscode().scratchFolder, 'attune');
  const doors = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return doors.map((name) => (JSON.parse(readFileSync(join(folder, name), 'utf8')) as Door).processId);
}

interface Door {
  readonly processId: number;
}

/** Another window on the same folder, as a second page of the server, which knows the browser by its cookies. */
async function openAnotherWindow(): Promise<Workbench> {
  const { page } = vscode().workbench;
  const storageState = await page.context().storageState();
  const another = await page.context().browser()!.newPage({ viewport: page.viewportSize(), storageState });
  await another.goto(page.url(), { waitUntil: 'commit' });
  const workbench = new Workbench(another);
  await workbench.waitUntilReady();
  return workbench;
}

async function complete(workbench: Workbench): Promise<void> {
  await workbench.page.bringToFront();
  await workbench.moveCursorTo(emptyLine, 1);
  await workbench.type('    result = ');
  await workbench.waitForGhostText();
  await workbench.press('Escape');
}

// A desktop window is no page that a test could open.
it.skipIf(process.env['ATTUNE_DESKTOP_VSCODE'] !== undefined)(
  'shares one engine among two windows, which goes on when one is closed and comes back when it is killed',
  async () => {
    const { workbench } = vscode();
    await workbench.statusBarItem('Attune base').waitFor();
    const another = await openAnotherWindow();
    await another.statusBarItem('Attune base').waitFor();
    const [engine, ...others] = engines();
    expect(others).toEqual([]);
    await complete(another);
    await another.screenshot('attune second window');
    process.kill(engine!, 'SIGKILL');
    await until(() => engines()[0] !== engine);
    for (const window of [workbench, another]) {
      await window.page.bringToFront();
      await window.statusBarItem('Attune base').waitFor();
    }
    await another.page.close();
    await complete(workbench);
    expect(engines()).toHaveLength(1);
    expect(engines().every(isAlive)).toBe(true);
    await workbench.screenshot('attune engine restarted');
  },
);
