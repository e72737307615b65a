/*
 * npm run bench:corpus [-- --into DIR] [--set-aside]
 *
 * Brings the pairs of versions that learning is measured on, by npm and pip, and prints the command
 * that measures them. What is there already stays.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { tellFailure } from '../../src/cli/failure.ts';
import { showProgress } from '../../src/cli/progressBar.ts';
import { showSteps } from '../report/timeLeft.ts';
import { bringPackage } from './bringPackage.ts';
import { developmentPairs, folderNameOf, learningCommand, setAsidePairs } from './corpus.ts';
import { fromUser } from './learningOptions.ts';

const { into, setAside } = new Command('bench:corpus')
  .option(
    '--into <folder>',
    'where they go',
    fromUser,
    resolve(import.meta.dirname, '../../artifacts/corpus'),
  )
  .option('--set-aside', 'the two pairs that are never used for a choice, instead')
  .parse()
  .opts<{ into: string; setAside?: true }>();

const pairs = setAside === true ? setAsidePairs : developmentPairs;
const folderOf = (name: string, version: string): string => join(into, folderNameOf(name, version));

try {
  await bringAll();
  console.log(learningCommand(folderOf, pairs));
} catch (error) {
  process.exitCode = tellFailure(error, false, { print: console.log, tell: console.error });
}

async function bringAll(): Promise<void> {
  await mkdir(into, { recursive: true });
  const wanted = pairs.flatMap(({ client, name, old, new: newer }) =>
    [old, newer].map((version) => ({ client, name, version })),
  );
  const missing = wanted.filter(({ name, version }) => !existsSync(folderOf(name, version)));
  const progress = showSteps('packages', missing.length, showProgress('packages'));
  try {
    for (const one of missing) {
      await bringPackage(one, folderOf(one.name, one.version));
      progress.done(`${one.name} ${one.version}`);
    }
  } finally {
    progress.finish();
  }
}
