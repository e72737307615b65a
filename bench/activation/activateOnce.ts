import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';

const loadOnce = join(import.meta.dirname, 'loadOnce.cjs');

const cpuSchema = z.object({ cpuMs: z.number() });
const stepSchema = cpuSchema.extend({ wallMs: z.number() });
const activationSchema = z.object({ loading: stepSchema, activating: stepSchema, later: cpuSchema });

/** What a bundle took to be loaded and to be activated, and the half second behind that, in ms of the processor and of the clock. */
export type Activation = z.infer<typeof activationSchema>;

/** Loads a bundle in a new process, as an extension host does, with a stub of `vscode`, and activates it. */
export function activateOnce(bundle: string): Activation {
  const printed = execFileSync(process.execPath, [loadOnce, bundle], { encoding: 'utf8' });
  return activationSchema.parse(JSON.parse(printed));
}
