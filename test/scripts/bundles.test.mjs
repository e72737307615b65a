import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stampOf } from '../../scripts/setup/bundles.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'attune-stamp-'));
  mkdirSync(join(root, 'src', 'engine'), { recursive: true });
  writeFileSync(join(root, 'src', 'engine', 'a.ts'), 'one');
  writeFileSync(join(root, 'package.json'), '{}');
});
afterEach(() => rmSync(root, { recursive: true }));

const inputs = ['src', 'media', 'package.json'];

it('stays the same while no input changes', () => {
  expect(stampOf(root, inputs)).toBe(stampOf(root, inputs));
});

it.each([
  ['written', () => writeFileSync(join(root, 'src', 'engine', 'a.ts'), 'longer')],
  ['added', () => writeFileSync(join(root, 'src', 'b.ts'), 'two')],
  ['removed', () => rmSync(join(root, 'package.json'))],
])('changes when a file is %s', (_, change) => {
  const before = stampOf(root, inputs);
  change();
  expect(stampOf(root, inputs)).not.toBe(before);
});
