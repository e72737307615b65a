/**
 * `npm run l10n`: writes l10n/bundle.l10n.json, every text that is handed to `l10n.t` and every
 * `sentence`, for translators to begin with. With `--check` it writes nothing and fails where the file is
 * out of date.
 */
import { getL10nJson } from '@vscode/l10n-dev';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sentencesIn } from './sentences.mjs';
import { projectFolder } from './setup/folders.mjs';

const file = join(projectFolder, 'l10n', 'bundle.l10n.json');

/** The command line alone is English; ARCHITECTURE.md says why. */
const sourceFiles = readdirSync(join(projectFolder, 'src'), { recursive: true })
  .filter((name) => name.endsWith('.ts') && !/^cli[\\/]/.test(name))
  .map((name) => readFileSync(join(projectFolder, 'src', name), 'utf8'));

const isChecked = process.argv.includes('--check');
const bundle = await currentBundle();
if (!isChecked) writeFileSync(file, bundle);
else if (readFileSync(file, 'utf8') !== bundle) {
  console.error('l10n/bundle.l10n.json is out of date: npm run l10n writes it anew.');
  process.exitCode = 1;
}

/** The bundle as its file holds it, in the same order wherever texts move. */
async function currentBundle() {
  const texts = await getL10nJson(
    sourceFiles
      .filter((contents) => contents.includes('l10n'))
      .map((contents) => ({ extension: '.ts', contents })),
  );
  const sentences = Object.fromEntries(sourceFiles.flatMap(sentencesIn).map((text) => [text, text]));
  const sorted = Object.entries({ ...sentences, ...texts }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`;
}
