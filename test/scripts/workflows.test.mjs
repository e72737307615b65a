import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from '@actions/languageservice';
import { expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { projectFolder } from '../../scripts/setup/folders.mjs';

/*
 * Workflows run on GitHub alone; here GitHub's own editor service reads them: keys, types, which job waits for
 * which, expressions and the contexts in them. It knows neither what actions take nor the names of runners.
 */

const folder = join(projectFolder, '.github', 'workflows');

/** The service remembers what stands at an address, so each text has one of its own. */
let textCount = 0;

/** What is wrong with the text of a workflow, as lines of an editor's list of problems. */
async function problemsOf(text) {
  const address = `file:///repository/.github/workflows/${textCount++}.yml`;
  const document = TextDocument.create(address, 'yaml', 1, text);
  return (await validate(document)).map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}

it.each(readdirSync(folder))('GitHub understands the workflow %s', async (name) => {
  expect(await problemsOf(readFileSync(join(folder, name), 'utf8'))).toEqual([]);
});

it.each([
  ['cancel-in-progress: true', 'cancel-in-progres: true', /^14: Unexpected value 'cancel-in-progres'$/],
  ['needs: check', 'needs: chek', /unknown job 'chek'/],
  ['${{ matrix.os }}', '${{ matrix.oss }}', /Context access might be invalid: oss/],
  ["runner.os == 'Linux'", "runnr.os == 'Linux'", /Unrecognized named-value: 'runnr'/],
])('GitHub would not understand %j as %j', async (right, wrong, problem) => {
  const text = readFileSync(join(folder, 'ci.yml'), 'utf8');
  expect(text).toContain(right);
  expect(await problemsOf(text.replace(right, wrong))).toContainEqual(expect.stringMatching(problem));
});
