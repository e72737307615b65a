import * as z from 'zod';
import type { ClusterAddress } from '../../process/cluster/clusterClients.ts';
import type { ClusterPlan } from './clusterQuestions.ts';

/** Where VS Code keeps values between sessions. */
interface Values {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** Where VS Code keeps what nobody else may read. */
interface Secrets {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

const planSchema = z.object({
  url: z.string(),
  basePath: z.string(),
  storage: z.string(),
  workers: z.number(),
  usesGpu: z.boolean(),
});

const jobSchema = z.object({
  id: z.string(),
  address: z.object({ url: z.string(), isPlainMeant: z.boolean() }),
});

/** A job that was submitted and whose adapter is not here yet; without its token. */
export type PendingJob = z.infer<typeof jobSchema>;

const planKey = 'attune.cluster.plan';
const jobKey = 'attune.cluster.job';
const tokenUrlsKey = 'attune.cluster.tokenUrls';

/** What is remembered of clusters: the plan of the last time, the job that is not done, and tokens among VS Code's secrets. */
export class ClusterMemory {
  readonly #values: Values;
  readonly #secrets: Secrets;

  constructor(values: Values, secrets: Secrets) {
    this.#values = values;
    this.#secrets = secrets;
  }

  get plan(): ClusterPlan | undefined {
    return planSchema.safeParse(this.#values.get(planKey)).data;
  }

  async keepPlan(plan: ClusterPlan): Promise<void> {
    await this.#values.update(planKey, plan);
  }

  get job(): PendingJob | undefined {
    return jobSchema.safeParse(this.#values.get(jobKey)).data;
  }

  /** The token stays among the secrets. */
  async keepJob(id: string, { url, isPlainMeant }: ClusterAddress): Promise<void> {
    await this.#values.update(jobKey, { id, address: { url, isPlainMeant } } satisfies PendingJob);
  }

  async dropJob(): Promise<void> {
    await this.#values.update(jobKey, undefined);
  }

  /** '' where the user said that the cluster wants none; undefined where nobody asked yet. */
  async tokenFor(url: string): Promise<string | undefined> {
    const kept = await this.#secrets.get(secretKey(url));
    return kept === undefined ? undefined : z.string().parse(JSON.parse(kept));
  }

  /** As JSON: VS Code takes an empty secret for none. */
  async keepToken(url: string, token: string): Promise<void> {
    await this.#secrets.store(secretKey(url), JSON.stringify(token));
    await this.#values.update(tokenUrlsKey, [...new Set([...this.#tokenUrls, originOf(url)])]);
  }

  /** Forgets all tokens; gives the addresses that they were for. */
  async forgetTokens(): Promise<readonly string[]> {
    const urls = this.#tokenUrls;
    for (const url of urls) await this.#secrets.delete(secretKey(url));
    await this.#values.update(tokenUrlsKey, undefined);
    return urls;
  }

  /** VS Code lists no secrets. */
  get #tokenUrls(): readonly string[] {
    return z.array(z.string()).safeParse(this.#values.get(tokenUrlsKey)).data ?? [];
  }
}

/** A token is for whoever answers there, whatever path stands behind it. */
function originOf(url: string): string {
  return new URL(url).origin;
}

function secretKey(url: string): string {
  return `attune.cluster.token ${originOf(url)}`;
}
