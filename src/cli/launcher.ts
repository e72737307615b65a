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
  if (!error.message.includes('onnxruntime')) return error.stack ?? error.message;
  return (
    `ONNX Runtime could not be loaded on ${process.platform}-${process.arch}: ${error.message.split('\n')[0]!}\n` +
    'Install Attune again. If that does not help: Linux needs glibc, and for Intel Macs there is no ONNX Runtime.'
  );
}

function end(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

if (isOlder(process.versions.node, oldestNode))
  end(
    `attune needs Node.js ${oldestNode} or newer, and this is ${process.versions.node}. Install a newer one from nodejs.org.`,
  );
// @ts-expect-error The bundle that lies beside this one.
else import('./cli.mjs').catch((error: unknown) => end(explain(error)));
