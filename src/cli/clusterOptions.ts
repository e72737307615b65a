import { Option } from 'commander';
import { rayAddress, type RayAddress } from '../process/cluster/rayJobs.ts';
import type { AnswerOptions } from './answer.ts';

/** How a cluster is named. */
export interface AddressOptions extends AnswerOptions {
  readonly address: string;
  readonly plainHttp?: boolean;
}

/** Where the token of a cluster is taken from: an argument would be seen in the list of processes. */
export const tokenVariable = 'ATTUNE_CLUSTER_TOKEN';

/** `--address`. */
export function addressOption(): Option {
  return new Option('--address <url>', 'the cluster’s dashboard, https://HOST:PORT').makeOptionMandatory();
}

/** `--plain-http`. */
export function plainHttpOption(): Option {
  return new Option('--plain-http', 'send without TLS to another machine; http:// alone is refused');
}

/** Both as another command takes them for the same cluster. */
export function sameCluster({ address, plainHttp = false }: AddressOptions): string {
  return `--address ${address}${plainHttp ? ' --plain-http' : ''}`;
}

/** What both say, with the token. A variable that is empty holds none. */
export function addressOf({ address, plainHttp = false }: AddressOptions): RayAddress {
  const token = process.env[tokenVariable];
  return rayAddress(address, token === '' ? undefined : token, plainHttp);
}
