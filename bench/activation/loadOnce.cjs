/**
 * Loads a bundle as an extension host does, in a process of its own, activates it, and prints what each step took
 * as JSON: the processor's time and the clock's, in milliseconds. `later` is what goes on behind an activation for
 * half a second. The window has no document to complete, so no engine is started.
 *
 *   node loadOnce.cjs BUNDLE
 */
const { mkdtempSync, rmSync } = require('node:fs');
const Module = require('node:module');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { contextIn, vscode } = require('./vscodeStub.cjs');

// What VS Code's extension host (1.139) has loaded of Node before any extension.
for (const name of ['child_process', 'crypto', 'fs/promises', 'http', 'net', 'readline', 'url'])
  require(name);

const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

function timed(step) {
  const before = process.cpuUsage();
  const begunMs = performance.now();
  const result = step();
  const wallMs = performance.now() - begunMs;
  return { result, took: { cpuMs: cpuMsSince(before), wallMs } };
}

function cpuMsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

// Nothing of the user's is found or started: the engine has a meeting place and a program's folder that are empty.
const folder = mkdtempSync(join(tmpdir(), 'attune-activation-'));
process.env.XDG_RUNTIME_DIR = folder;
process.env.ATTUNE_DATA = folder;

const { result: extension, took: loading } = timed(() => require(process.argv[2]));
const { took: activating } = timed(() => extension.activate(contextIn(folder)));
const before = process.cpuUsage();
setTimeout(() => {
  process.stdout.write(JSON.stringify({ loading, activating, later: { cpuMs: cpuMsSince(before) } }));
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}, 500);
