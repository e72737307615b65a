import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { ggufBytes } from './ggufBytes.ts';
import { temporaryFolder } from './temporaryFolder.ts';
import { tinyGguf } from './tinyGguf.ts';

/** A small, sound model file beside an empty cache: whoever needs it has to convert it first. */
export function modelToConvert(): string {
  vi.stubEnv('ATTUNE_CACHE', temporaryFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  const path = join(temporaryFolder(), 'tiny.gguf');
  writeFileSync(path, ggufBytes(tinyGguf()));
  return path;
}
