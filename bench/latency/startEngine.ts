import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/completion/systemClock.ts';
import type { PolicyId } from '../../src/engine/policy.ts';
import type { EngineClient } from '../../src/process/clients.ts';
import { SharedEngineClient } from '../../src/process/serving/sharedEngineClient.ts';
import { inEnglish } from '../../src/sentences/sentence.ts';

/** The shipped engine in a process of its own, ready to complete. */
export interface StartedEngine {
  readonly client: EngineClient;
  readonly policyId: PolicyId;
  readonly processId: number;
  readonly stop: () => void;
}

/** Starts the bundled engine with a model of the catalogue and no adapter, where no window meets it. */
export async function startEngine(model: string, threads: number): Promise<StartedEngine> {
  const log: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
  const client = new SharedEngineClient({
    entryPath: join(import.meta.dirname, '../../dist/engine.mjs'),
    version: 'benchmark',
    folders: [folder],
    clock: systemClock,
    log: (line) => log.push(line),
  });
  const stop = (): void => {
    client.dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  await client.start({ model, adaptersFolder: folder, device: 'cpu', threads });
  const { state } = client;
  if (state.kind === 'ready') return { client, policyId: state.policyId, processId: processIdIn(log), stop };
  stop();
  throw new Error(state.kind === 'failed' ? inEnglish(state.sentence) : `The engine is ${state.kind}.`);
}

/** The client says in its log which process it started. */
function processIdIn(log: readonly string[]): number {
  const ids = log.flatMap((line) => /started as process (\d+)/.exec(line)?.[1] ?? []);
  return Number(ids.at(-1));
}
