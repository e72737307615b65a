import { CliError } from '../../src/cli/errors.ts';

/** Two versions differ in too little to learn from it and to judge by it. */
export function tooLittleToLearn({
  name,
  firstLines,
  heldOutLines,
}: {
  readonly name: string;
  readonly firstLines: number;
  readonly heldOutLines: number;
}): CliError {
  return new CliError(
    'tooLittleWork',
    `${name} is too small to learn from and to hold some of it out: ${firstLines} lines could be learned from and ${heldOutLines} held out. Choose versions further apart, with some hundred new lines in several files.`,
    { work: name, firstLines, heldOutLines },
  );
}

/** What was typed holds what is never stored, so nothing is there to learn from. */
export function nothingStored(work: string, notStored: number): CliError {
  return new CliError(
    'tooLittleWork',
    `Nothing of ${work} may be learned: ${notStored} records of it were not stored, because their text or the name of their file looks like a secret’s. Choose another pair.`,
    { work, notStored },
  );
}

/** Versions were not given in pairs. */
export function unequalPairs(oldCount: number, newCount: number): CliError {
  return new CliError(
    'badOptions',
    `There are ${oldCount} --old and ${newCount} --new. Give each older version with its newer one: --old DIR --new DIR, once for each project.`,
    { oldCount, newCount },
  );
}

/** A version of a package could not be brought. */
export function packageMissing(client: string, wanted: string, cause: unknown): CliError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CliError(
    'missingFile',
    `${wanted} could not be brought by ${client}: ${why}. Check that ${client} works here; what was brought is kept.`,
    { client, wanted },
    cause,
  );
}

/** The process that retrained ended without saying what came of it. */
export function retrainingLost(name: string): CliError {
  return new CliError(
    'unanswered',
    `The retraining on ${name} ended without a result; what it said stands above. The same command goes on from its checkpoint.`,
    { name },
  );
}

/** Another process works in a folder of results. */
export function workInUse(folder: string, holder: number | undefined): CliError {
  const who = holder === undefined ? 'Another process' : `Process ${holder}`;
  return new CliError(
    'inUse',
    `${who} is at work in ${folder}: another bench:learning with the same project, or the retraining of one that was ended. Wait until it is done, or end it; the same command goes on from there.`,
    { folder, ...(holder !== undefined && { holder }) },
  );
}
