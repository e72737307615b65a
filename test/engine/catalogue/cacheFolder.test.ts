import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userCacheFolder } from '../../../src/engine/catalogue/cacheFolder.ts';

describe('userCacheFolder', () => {
  it.each([
    { platform: 'linux', environment: {}, folder: join('/home/u', '.cache', 'attune') },
    { platform: 'linux', environment: { XDG_CACHE_HOME: '/x' }, folder: join('/x', 'attune') },
    { platform: 'linux', environment: { XDG_CACHE_HOME: '' }, folder: join('/home/u', '.cache', 'attune') },
    { platform: 'linux', environment: { ATTUNE_CACHE: '/a', XDG_CACHE_HOME: '/x' }, folder: '/a' },
    { platform: 'darwin', environment: {}, folder: join('/home/u', 'Library', 'Caches', 'attune') },
    { platform: 'win32', environment: { LOCALAPPDATA: '/l' }, folder: join('/l', 'attune', 'Cache') },
    { platform: 'win32', environment: {}, folder: join('/home/u', 'AppData', 'Local', 'attune', 'Cache') },
    { platform: 'win32', environment: { ATTUNE_CACHE: '/a' }, folder: '/a' },
  ] as const)('is $folder on $platform with $environment', ({ platform, environment, folder }) => {
    expect(userCacheFolder(environment, platform, '/home/u')).toBe(folder);
  });
});
