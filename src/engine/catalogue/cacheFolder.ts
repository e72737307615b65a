import { homedir } from 'node:os';
import { join } from 'node:path';

/** What decides where models are kept, besides the platform. */
export type CacheEnvironment = Readonly<
  Partial<Record<'ATTUNE_CACHE' | 'XDG_CACHE_HOME' | 'LOCALAPPDATA', string | undefined>>
>;

/** The one folder per user that holds model files: `ATTUNE_CACHE`, or the platform's place for caches. */
export function userCacheFolder(
  environment: CacheEnvironment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (environment.ATTUNE_CACHE) return environment.ATTUNE_CACHE;
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'attune', 'Cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'attune');
  return join(environment.XDG_CACHE_HOME ? environment.XDG_CACHE_HOME : join(home, '.cache'), 'attune');
}
