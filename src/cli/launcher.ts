#!/usr/bin/env node
/*
 * The first file of the command line. It only looks whether this Node can run the rest, so it holds
 * nothing that an old one could not read.
 */

/** Filled in by the bundler, such as '22.13.0'. */
declare const oldestNode: string;

/** Whether a version comes before another one, both as `major.minor.patch`. */
function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  const differing = a!.findIndex((number, place) => number !== b![place]);
  return differing >= 0 && a![differing]! < b![differing]!;
}

/** What loading the rest failed with, in words that help. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Where the system lacks a library, the message names that one alone, and the stack who wanted it.
  const said = error.stack ?? error.message;
  if (!said.includes('onnxruntime')) return said;
  const here = `${process.platform}-${process.arch}`;
  // Its folder has a native file for each system that it serves.
  if (isMissing(error) && error.message.includes('onnxruntime_binding.node'))
    return `Attune cannot run a model here: ONNX Runtime has nothing for ${here}. It serves Linux (glibc) and Windows on x64 and arm64, and macOS on arm64.`;
  return `ONNX Runtime could not be loaded on ${here}: ${error.message.split(/\r?\n/)[0]!}\nInstall Attune again. If that does not help: it needs glibc on Linux, which Alpine has not, and on Windows Microsoft's Visual C++ Redistributable.`;
}

/** Whether a file was not there, rather than there and of no use. */
function isMissing(error: Error): boolean {
  return 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

/** Ends as `tellFailure` does, which is not loaded yet. */
function end(reason: string, message: string): void {
  process.stderr.write(`${message}\n`);
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: { reason, message } }, undefined, 2)}\n`);
  process.exitCode = 1;
}

if (isOlder(process.versions.node, oldestNode))
  end(
    'oldNode',
    `attune needs Node.js ${oldestNode} or newer, and this is ${process.versions.node}. Install a newer one from nodejs.org.`,
  );
// @ts-expect-error The bundle that lies beside this one.
else import('./cli.mjs').catch((error: unknown) => end('notLoaded', explain(error)));
