import { existsSync } from 'node:fs';
import { findOnPath } from './command.mjs';
import { installDebianPackages, mayInstallDebianPackages } from './debianPackages.mjs';
import { withProgress } from './progress.mjs';
import { SetupError } from './setupError.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const macBrowser = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
/** Chromium draws no letter without a font, and a bare machine has none. */
const debianPackages = ['chromium', 'fonts-dejavu-core'];

/** A Chromium or Chrome of this machine; `ATTUNE_CHROMIUM` names another. Undefined when there is none. */
export function findChromium() {
  const { ATTUNE_CHROMIUM } = process.env;
  if (ATTUNE_CHROMIUM) return ATTUNE_CHROMIUM;
  const onPath = names.map(findOnPath).find((file) => file !== undefined);
  return onPath ?? (existsSync(macBrowser) ? macBrowser : undefined);
}

/** Brings the browser in which the tests open VS Code; nothing to do when there is one. */
export async function bringChromium() {
  if (findChromium() !== undefined) return;
  if (!mayInstallDebianPackages()) throw noBrowser();
  await withProgress('Chromium (apt-get)', () => installDebianPackages('Chromium', debianPackages));
  if (findChromium() === undefined) throw noBrowser();
}

function noBrowser() {
  return new SetupError(
    'No Chromium or Chrome was found, and the tests in VS Code need one.',
    'Install one (on Debian: sudo apt-get install chromium), or set ATTUNE_CHROMIUM to its program file, and run the same command again.',
  );
}
