/* Loads the model in a folder, as the engine does, and lives for some seconds. */
import { setTimeout as wait } from 'node:timers/promises';
import { loadPolicy } from '../../src/engine/generation/modelPolicy.ts';
import type { PolicyId } from '../../src/engine/policy.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';

/** Long enough for whatever begins with the first session. */
const lifeMs = 2_000;

const [folder = ''] = process.argv.slice(2);
const policy = await loadPolicy(await openModelFolder(folder), { id: 'tiny' as PolicyId, threads: 1 });
await wait(lifeMs);
await policy.dispose();
