/**
 * Loads a bundle as an extension host does, in a process of its own, and prints what that took as JSON: the
 * processor's time and the clock's, in milliseconds. `vscode` is a stub whose every member can be read, called and
 * made; nothing is activated.
 *
 *   node loadOnce.cjs BUNDLE
 */
const Module = require('node:module');

const anything = () =>
  new Proxy(function () {}, {
    get: (target, key) => {
      if (key === 'then') return undefined;
      if (key === Symbol.toPrimitive) return () => 'anything';
      return key === 'prototype' || typeof key === 'symbol' ? target[key] : anything();
    },
    apply: anything,
    construct: () => ({}),
  });
const members = { l10n: { bundle: undefined, t: (text) => text }, __esModule: undefined };
const vscode = Object.create(
  new Proxy({}, { get: (_, key) => (Object.hasOwn(members, key) ? members[key] : anything()) }),
);

const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

const before = process.cpuUsage();
const begunMs = performance.now();
require(process.argv[2]);
const wallMs = performance.now() - begunMs;
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000, wallMs }));
