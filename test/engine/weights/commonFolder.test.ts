import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commonFolder } from '../../../src/engine/weights/commonFolder.ts';

describe('commonFolder', () => {
  it.each([
    [['/home/u/cache/m/model.safetensors'], '/home/u/cache/m'],
    [['/home/u/data/a/int8.safetensors', '/home/u/cache/m/model.safetensors'], '/home/u'],
    [['/home/u/m/model.safetensors', '/scratch/a/int8.safetensors'], '/'],
  ])('of %j is %j', (paths, folder) => {
    expect(commonFolder(paths, posix)).toBe(folder);
  });

  it.each([
    [['C:\\Users\\u\\a\\int8.safetensors', 'c:\\users\\u\\m\\model.safetensors'], 'C:\\Users\\u'],
    [['C:\\Users\\u\\a\\int8.safetensors', 'D:\\attune\\m\\model.safetensors'], undefined],
  ])('of %j on Windows is %j', (paths, folder) => {
    expect(commonFolder(paths, win32)).toBe(folder);
  });
});
