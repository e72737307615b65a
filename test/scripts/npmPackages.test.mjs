import { describe, expect, it } from 'vitest';
import { isInstalled } from '../../scripts/setup/npmPackages.mjs';

const lock = {
  '': { name: 'attune' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/for-mac': { version: '2.0.0', optional: true },
};

describe('node_modules is as locked', () => {
  it.each([
    ['with every package in its version', { 'node_modules/a': { version: '1.0.0' } }, true],
    ['not when it is empty', {}, false],
    ['not with another version', { 'node_modules/a': { version: '1.0.1' } }, false],
    [
      'not with another version of an optional package',
      { 'node_modules/a': { version: '1.0.0' }, 'node_modules/for-mac': { version: '1.0.0' } },
      false,
    ],
  ])('%s', (_, installed, expected) => {
    expect(isInstalled(lock, installed)).toBe(expected);
  });
});
