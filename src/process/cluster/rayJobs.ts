import { randomUUID } from 'node:crypto';
import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { addressKind } from './clusterAddress.ts';
import {
  clusterRefused,
  clusterUnreachable,
  insecureAddress,
  passwordInAddress,
  tooLargeToSend,
} from '../errors.ts';

/** A Ray cluster as the user named it. */
export interface RayAddress {
  /** Of its dashboard. */
  readonly url: URL;
  /** Sent as a bearer token; absent: none is. */
  readonly token?: string | undefined;
  /** How long nothing may come or go before a request counts as unanswered; absent: `usualIdleMs`. */
  readonly idleMs?: number;
}

/** What nginx grants what lies behind it (proxy_read_timeout); Ray answers all that is asked here at once, or after an upload. */
const usualIdleMs = 60_000;

/**
 * The address of a dashboard that the user typed. Without TLS it must be on this machine, or be asked for
 * twice: by `http://` and by `isPlainMeant`. Throws ProcessError 'insecureAddress'.
 */
export function rayAddress(typed: string, token: string | undefined, isPlainMeant: boolean): RayAddress {
  const kind = addressKind(typed);
  if (kind === 'none') throw insecureAddress(typed, 'no');
  if (kind === 'withPassword') throw passwordInAddress();
  if (kind === 'plain' && !isPlainMeant) throw insecureAddress(typed, 'plain');
  return { url: new URL(typed), token };
}

/** What a proxy answers while the dashboard behind it does not: Bad Gateway, Service Unavailable, Gateway Timeout. */
const proxyMisses: ReadonlySet<number> = new Set([502, 503, 504]);

/** How a job stands. */
const jobStatuses = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED'] as const;

const jobSchema = z.object({ status: z.enum(jobStatuses), message: z.string().nullish() });
const submittedSchema = z.object({ submission_id: z.string() });
const logsSchema = z.object({ logs: z.string().nullish() });

export type RayJob = z.infer<typeof jobSchema>;

/** Ray's DASHBOARD_CLIENT_MAX_SIZE (ray/_private/ray_constants.py of 2.60), which no setting changes: it answers 413 to more. */
const maxUploadBytes = 100 * 2 ** 20;

/**
 * Starts a job that runs in a copy of an archive's files, and gives its id (Ray's Jobs API; what its own
 * client does with a folder). Throws ProcessError 'tooLargeToSend' before anything is sent.
 *
 * @param archive a zip; Ray unpacks it on every node, for this job alone: it removes the rows there, which another job that
 * is sent the same would miss.
 */
export async function submitJob(
  address: RayAddress,
  {
    archive,
    entrypoint,
    signal,
  }: {
    readonly archive: Uint8Array;
    readonly entrypoint: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<string> {
  if (archive.length > maxUploadBytes) throw tooLargeToSend(archive.length, maxUploadBytes);
  const name = `_ray_pkg_${randomUUID().replaceAll('-', '')}.zip`;
  await call(address, `api/packages/gcs/${name}`, { method: 'PUT', body: archive, signal });
  // Ray would leave out lines of progress that look alike.
  const runtime_env = { working_dir: `gcs://${name}`, env_vars: { RAY_DEDUP_LOGS: '0' } };
  const body = JSON.stringify({ entrypoint, runtime_env });
  const answer = await call(address, 'api/jobs/', { method: 'POST', body, signal });
  return parse(address, submittedSchema, answer).submission_id;
}

/** How a job stands. */
export async function jobStatus(address: RayAddress, id: string, signal?: AbortSignal): Promise<RayJob> {
  return parse(address, jobSchema, await call(address, `api/jobs/${encodeURIComponent(id)}`, { signal }));
}

/** All that a job has printed so far. */
export async function jobLogs(address: RayAddress, id: string, signal?: AbortSignal): Promise<string> {
  const answer = await call(address, `api/jobs/${encodeURIComponent(id)}/logs`, { signal });
  return parse(address, logsSchema, answer).logs ?? '';
}

/** Ends a job; one that has ended stays as it is. */
export async function stopJob(address: RayAddress, id: string, signal?: AbortSignal): Promise<void> {
  await call(address, `api/jobs/${encodeURIComponent(id)}/stop`, { method: 'POST', signal });
}

interface Request {
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly body?: Uint8Array | string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The text that the dashboard answers. Not by `fetch`, which says that it is a browser, and Ray refuses to be
 * changed by those; nor does it follow a redirect, which could take what is sent, and the token, to an address
 * that nobody typed.
 */
async function call(
  { url, token, idleMs = usualIdleMs }: RayAddress,
  path: string,
  { method = 'GET', body, signal }: Request = {},
): Promise<string> {
  const target = new URL(path, url.href.endsWith('/') ? url : `${url.href}/`);
  const headers = {
    'content-length': body === undefined ? 0 : Buffer.byteLength(body),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const send = target.protocol === 'https:' ? requestTls : requestPlain;
  const { status, answer } = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = send(target, { method, headers, signal, timeout: idleMs }, resolve);
    asked.on('timeout', () => asked.destroy(new Error(`no answer for ${idleMs / 1000} s`)));
    asked.on('error', reject).end(body);
  })
    .then(async (response) => ({ status: response.statusCode ?? 0, answer: await text(response) }))
    .catch((error: unknown) => {
      signal?.throwIfAborted();
      throw clusterUnreachable(url.href, error);
    });
  const told = answer.slice(0, 500);
  if (proxyMisses.has(status)) throw clusterUnreachable(url.href, new Error(`${status} ${told}`.trim()));
  if (status !== 200) throw clusterRefused(url.href, status, told);
  return answer;
}

function parse<T>({ url }: RayAddress, schema: z.ZodType<T>, answer: string): T {
  try {
    return schema.parse(JSON.parse(answer));
  } catch (error) {
    throw clusterUnreachable(url.href, error);
  }
}
