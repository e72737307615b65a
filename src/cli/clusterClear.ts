import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { archiveWithProgram } from '../process/cluster/clusterArchive.ts';
import { storageIn } from '../process/cluster/clusterLog.ts';
import { jobLogs, jobStatus, submitJob, type RayAddress } from '../process/cluster/rayJobs.ts';
import { giveAnswer, jsonOption, type Answer } from './answer.ts';
import { addressOf, addressOption, plainHttpOption, type AddressOptions } from './clusterOptions.ts';
import { jobNotCleared, jobStillRuns } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** The command `cluster clear`. */
export function addClearCommand(cluster: Command, terminal: Terminal): void {
  cluster
    .command('clear')
    .description('Remove the folder of a job that has ended from the cluster: its rows and checkpoints.')
    .argument('<job>', 'its id, as submit told it')
    .addOption(addressOption())
    .addOption(plainHttpOption())
    .addOption(jsonOption())
    .action(async (job: string, options: AddressOptions) => {
      giveAnswer(terminal, options, await clear(job, addressOf(options), terminal.signal));
    });
}

async function clear(job: string, address: RayAddress, signal: AbortSignal): Promise<Answer> {
  const { status } = await jobStatus(address, job, signal);
  if (!hasEnded(status)) throw jobStillRuns(job, status);
  const folder = storageIn(await jobLogs(address, job, signal));
  if (folder === undefined) throw jobNotCleared(job, 'its log names no folder');
  const archive = await archiveWithProgram(
    new Map([['clear.json', Buffer.from(JSON.stringify({ folder }))]]),
  );
  const clearing = await submitJob(address, {
    ...{ archive, entrypoint: 'python -m attune_cluster.clear', signal },
  });
  await requireSuccess(job, { address, clearing, signal });
  return {
    text: `${folder} was removed from the cluster. Submitted again, the job begins anew.`,
    json: { job, folder },
  };
}

function hasEnded(status: string): boolean {
  return status !== 'PENDING' && status !== 'RUNNING';
}

/** To start a job takes Ray seconds. */
const lookMs = 1_000;

/** The cluster alone reaches its folders, so it is a job there that clears. */
async function requireSuccess(
  job: string,
  {
    address,
    clearing,
    signal,
  }: { readonly address: RayAddress; readonly clearing: string; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    const { status } = await jobStatus(address, clearing, signal);
    if (status === 'SUCCEEDED') return;
    if (hasEnded(status)) {
      const said = (await jobLogs(address, clearing, signal)).trim().split('\n').at(-1);
      throw jobNotCleared(job, said || `${clearing} is ${status}`);
    }
    await wait(lookMs, undefined, { signal });
  }
}
