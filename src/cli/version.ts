import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const packageSchema = z.object({ name: z.string(), version: z.string() });

/** The version of this program, as the nearest package.json above it says, bundled or not. */
export function programVersion(folder = import.meta.dirname): string {
  try {
    return packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).version;
  } catch (error) {
    if (dirname(folder) === folder) throw error;
    return programVersion(dirname(folder));
  }
}
