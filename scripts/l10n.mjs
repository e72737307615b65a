/**
 * `npm run l10n`: writes l10n/bundle.l10n.json, every text that is handed to `l10n.t`, for
 * translators to begin with. With `--check` it writes nothing and fails where the file is out of date.
 */
import { getL10nJson } from '@vscode/l10n-dev';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './setup/folders.mjs';

const file = join(projectFolder, 'l10n', 'bundle.l10n.json');

/** The rooms with texts that are translated: ARCHITECTURE.md says which and why. */
const rooms = ['src/editor', 'src/report', 'src/process', 'src/trainer'];

const isChecked = process.argv.includes('--check');
const bundle = await currentBundle();
if (!isChecked) writeFileSync(file, bundle);
else if (readFileSync(file, 'utf8') !== bundle) {
  console.error('l10n/bundle.l10n.json is out of date: npm run l10n writes it anew.');
  process.exitCode = 1;
}

/** The bundle as its file holds it, in the same order wherever texts move. */
async function currentBundle() {
  const texts = await getL10nJson(rooms.flatMap(sources));
  const sorted = Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`;
}

function sources(room) {
  const names = readdirSync(join(projectFolder, room), { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ extension: '.ts', contents: readFileSync(join(projectFolder, room, name), 'utf8') }));
}
