import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, it } from 'vitest';
import { bringModels } from '../../scripts/setup/models.mjs';
import { emptyLine, useProduct } from './product.ts';

/** What nobody could guess who did not read this file. */
const pressureFor = (height: string) => `"""Units of the tyre shop."""


def mbar_from_psi(reading_psi: float, *, ${height}: float) -> float:
    """The absolute pressure of a gauge reading at an altitude."""
    return reading_psi * 68.9476 + ambient_mbar(${height})


def ambient_mbar(${height}: float) -> float:
    return 1013.25 * (1 - 2.25577e-5 * ${height}) ** 5.25588
`;

/** The small model was not trained on whole repositories. */
const model = 'qwen2.5-coder-0.5b';

// All other files do without it.
beforeAll(bringModels(model), 1_800_000);

const vscode = useProduct({
  settings: { 'attune.model': model },
  prepareWorkspace: (folder) => writeFileSync(join(folder, 'pressure.py'), pressureFor('altitude_m')),
});

it('completes a call of a function that only another file of the workspace defines', async () => {
  const { workbench } = vscode();
  await workbench.statusBarItem('Attune base').waitFor();
  await workbench.moveCursorTo(emptyLine, 1);
  // With the first key that asks for a completion the project begins to be read.
  await workbench.type('    ');
  await workbench.waitForGhostText();
  await workbench.page.waitForTimeout(timeToReadProjectMs);
  await workbench.type('pressure = mbar_from_psi(reading, ');
  await workbench.waitForGhostText(/^altitude_m=/);
  await workbench.screenshot('attune completes from another file');
});

it('completes such a call as another program has rewritten the function meanwhile, without a move of the cursor', async () => {
  const { workbench, workspaceFolder } = vscode();
  await workbench.press('Escape');
  writeFileSync(join(workspaceFolder, 'pressure.py'), pressureFor('station_height_m'));
  await workbench.page.waitForTimeout(timeToReadProjectMs);
  await workbench.press('Backspace', 'Backspace');
  await workbench.type(', ');
  await workbench.waitForGhostText(/^station_height_m/);
});

it('completes it by what one wrote in the other file and did not save', async () => {
  const { workbench } = vscode();
  await workbench.openFile('pressure.py');
  await workbench.press('Control+a', 'Delete');
  await workbench.type('def mbar_from_psi(reading_psi: float, *, gauge_datum_m: float) -> float:');
  await workbench.press('Escape');
  await workbench.openFile('lists.py');
  await workbench.page.waitForTimeout(timeToReadProjectMs);
  await workbench.press('Escape', 'Backspace', 'Backspace');
  await workbench.type(', ');
  await workbench.waitForGhostText(/^gauge_datum_m/);
  await workbench.screenshot('attune completes from another unsaved file');
});

/** A busy machine needs less for a project of four files. */
const timeToReadProjectMs = 2500;
