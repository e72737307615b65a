import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ClusterAddress, ClusterClient, ClusterJobState } from '../../process/cluster/clusterClients.ts';
import { addressKind } from '../../process/cluster/clusterAddress.ts';
import type { ClusterExport } from '../../process/cluster/clusterExports.ts';
import { isJobEnded, isRefusedToken } from '../../process/errors.ts';
import type { AdapterExchange } from './adapterExchange.ts';
import { choose } from '../choose.ts';
import type { ClusterMemory, PendingJob } from './clusterMemory.ts';
import {
  askAddress,
  askPlan,
  askToken,
  clusterTitle,
  isPlainMeant,
  type ClusterPlan,
} from './clusterQuestions.ts';
import { jobLine, previewText, rowsOf } from './clusterWords.ts';
import { doneWithCancel, withCancel } from '../progressWithCancel.ts';
import type { Settings } from '../settings/settings.ts';
import { loadingText } from '../status/statusText.ts';
import { runSettings, type TrainingNeeds } from './trainingNeeds.ts';

/** What training on a cluster needs of the editor. */
export interface ClusterTrainingOptions extends TrainingNeeds {
  readonly cluster: ClusterClient;
  readonly memory: ClusterMemory;
  readonly exchange: Pick<AdapterExchange, 'takeIn'>;
}

/** The commands 'Train on a Cluster…' and 'Forget the Token'. All talk with the cluster is another process's. */
export class ClusterTraining {
  readonly #options: ClusterTrainingOptions;

  constructor(options: ClusterTrainingOptions) {
    this.#options = options;
  }

  dispose(): void {
    this.#options.cluster.dispose();
  }

  readonly run = async (): Promise<void> => {
    const { memory } = this.#options;
    try {
      const job = memory.job === undefined ? undefined : await askWhich(memory.job);
      if (job === 'none') return;
      await (job === undefined ? this.#begin() : this.#goOn(job));
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
      this.#options.notices.tell('warn', l10n.t('The cluster did not take the token, or wants one.'), {
        [l10n.t('Forget the Token')]: this.forgetToken,
      });
    }
  };

  readonly forgetToken = async (): Promise<void> => {
    const { memory, notices } = this.#options;
    const urls = await memory.forgetTokens();
    const said =
      urls.length === 0
        ? l10n.t('There is no token of a cluster to forget.')
        : l10n.t('Forgotten: the token for {0}. It is asked for again the next time.', urls.join(', '));
    notices.tell('info', said);
  };

  async #begin(): Promise<void> {
    const { memory, requireModel, settings } = this.#options;
    await requireModel();
    const url = await askAddress(memory.plan?.url);
    const address = url === undefined ? undefined : await this.#addressOf(url);
    if (address === undefined) return;
    const plan = await askPlan(address.url, memory.plan ?? {});
    if (plan === undefined) return;
    await memory.keepPlan(plan);
    const id = await this.#send(address, { ...plan, method: settings().retrainMethod });
    if (id === undefined) return;
    await this.#follow(id, address);
  }

  /**
   * Gives the job's id, which is remembered by then; undefined where the user had enough. What was sent is not kept while
   * the job is waited for.
   */
  async #send(address: ClusterAddress, plan: ClusterPlan & WithMethod): Promise<string | undefined> {
    const { cluster, memory } = this.#options;
    const folder = this.#folderOf('export');
    try {
      const own = await this.#export(plan, folder);
      const asked = { url: address.url, method: plan.method };
      const folders = own === undefined ? undefined : await this.#confirm(own, asked);
      if (folders === undefined) return undefined;
      return await withCancel(l10n.t('Attune sends to the cluster'), async ({ signal }) => {
        const id = await cluster.submit(address, folders, signal);
        // At once: nobody would ask for the adapter of a job that is forgotten.
        await memory.keepJob(id, address);
        return id;
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** An address that may be sent to, with its token; undefined where the user had enough. */
  async #addressOf(url: string, isPlainSaid = false): Promise<ClusterAddress | undefined> {
    const { memory } = this.#options;
    const isPlain = addressKind(url) === 'plain';
    if (isPlain && !isPlainSaid && !(await isPlainMeant(url))) return undefined;
    const known = await memory.tokenFor(url);
    const token = known ?? (await askToken(url));
    if (token === undefined) return undefined;
    if (known === undefined) await memory.keepToken(url, token);
    return { url, isPlainMeant: isPlain, ...(token === '' ? {} : { token }) };
  }

  async #export(plan: ClusterPlan & WithMethod, folder: string): Promise<ClusterExport | undefined> {
    const { cluster, hyperparameters = {}, storeSettled } = this.#options;
    const { model, maxPromptTokens, maxNewTokens, seed, storePath } = runSettings(this.#options);
    const { basePath, storage, workers, usesGpu, method } = plan;
    await storeSettled();
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, '..'), { recursive: true });
    const asked = {
      ...{ model, maxPromptTokens, maxNewTokens, hyperparameters, seed, folder, storePath },
      ...{ basePath, storage, workers, usesGpu, method },
    };
    return withCancel(l10n.t('Attune gathers what would travel'), ({ signal, show }) =>
      cluster.exportWork(asked, { signal, onProgress: (state) => show(loadingText(state)) }),
    );
  }

  /** Shows what would travel until the user says yes or no; others' exports may be added meanwhile. */
  async #confirm(
    own: ClusterExport,
    { url, method }: { readonly url: string } & WithMethod,
  ): Promise<readonly string[] | undefined> {
    const { cluster } = this.#options;
    const [send, add] = [l10n.t('Send'), l10n.t('Add Exports of Others…')];
    let exports: readonly ClusterExport[] = [own];
    for (;;) {
      const question = l10n.t('Send {0} rows to {1}?', rowsOf(exports), url);
      const options = { modal: true, detail: previewText(exports, method) };
      const answer = await vscode.window.showInformationMessage(question, options, send, add);
      if (answer === undefined) return undefined;
      const folders = exports.map(({ folder }) => folder);
      if (answer === send) return folders;
      const more = await askFolders();
      exports = await cluster.preview([...folders, ...more], AbortSignal.timeout(previewMs));
    }
  }

  async #goOn({ id, address: { url, isPlainMeant: isPlainSaid } }: PendingJob): Promise<void> {
    const address = await this.#addressOf(url, isPlainSaid);
    if (address !== undefined) await this.#follow(id, address);
  }

  async #follow(id: string, address: ClusterAddress): Promise<void> {
    const { cluster, memory, exchange } = this.#options;
    const folder = this.#folderOf('adapter');
    await rm(folder, { recursive: true, force: true });
    try {
      const isHere = await doneWithCancel(l10n.t('Attune trains on the cluster'), ({ signal, show }) => {
        show(l10n.t('Job {0} was submitted', id));
        const onProgress = (state: ClusterJobState): void => show(jobLine(state));
        return cluster.follow({ address, id, folder }, { signal, onProgress });
      });
      if (!isHere) this.#leave(id, address);
      else if (await exchange.takeIn(folder)) await memory.dropJob();
    } catch (error) {
      if (isJobEnded(error)) await memory.dropJob();
      throw error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** The job goes on without anybody waiting, unless the user wants its end. */
  #leave(id: string, address: ClusterAddress): void {
    const { cluster, memory, notices } = this.#options;
    const stop = async (): Promise<void> => {
      try {
        await cluster.stop(address, id, AbortSignal.timeout(previewMs));
        await memory.dropJob();
        notices.tell('info', l10n.t('Job {0} was stopped.', id));
      } catch (error) {
        notices.tellError(error);
      }
    };
    const text = l10n.t(
      'Nobody waits for job {0} now; it goes on on the cluster. “Train on a Cluster…” waits for it again.',
      id,
    );
    notices.tell('info', text, { [l10n.t('Stop the Job')]: stop });
  }

  #folderOf(name: string): string {
    return join(this.#options.paths.cluster, name);
  }
}

/** How is trained at home, as the settings say when work is exported: what the export says and its preview are one. */
interface WithMethod {
  readonly method: Settings['retrainMethod'];
}

/** A look into some files, or one request to a cluster. */
const previewMs = 60_000;

/** Whether to wait for the job that is not done, or to begin another; 'none' where the user wants neither. */
async function askWhich(job: PendingJob): Promise<PendingJob | undefined | 'none'> {
  const choices = [
    { label: l10n.t('Wait for job {0}', job.id), description: job.address.url, job },
    { label: l10n.t('Begin another'), job: undefined },
  ];
  const placeHolder = l10n.t('A job was submitted, and its adapter is not here yet.');
  const chosen = await choose(choices, { title: clusterTitle(), placeHolder });
  return chosen === undefined ? 'none' : chosen.job;
}

async function askFolders(): Promise<string[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: l10n.t('Exports of others, each a folder that “attune cluster export” wrote'),
    ...{ canSelectFiles: false, canSelectFolders: true, canSelectMany: true, openLabel: l10n.t('Add') },
  });
  return (chosen ?? []).map(({ fsPath }) => fsPath);
}
