/**
 * The entry of every npm script. Any Node that knows modules can read this file, to say that it is too old.
 *
 *   node scripts/run.mjs TASK [ARGUMENT...]
 */

/** Debian 12 still has 18, which can bring the Node that does the work; we are asked for with 20. */
const oldestMajor = 18;

if (Number(process.versions.node.split('.')[0]) >= oldestMajor) import('./runTask.mjs');
else {
  process.stderr.write(
    `\nAttune needs Node.js 20 or newer, and this is ${process.version}.\n` +
      'Install a newer one from nodejs.org or with your package manager, and run the same command again.\n',
  );
  process.exitCode = 1;
}
