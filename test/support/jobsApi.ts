import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';

/** What a stand-in was asked, in order. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly token: string | undefined;
  readonly body: Buffer;
}

/** A stand-in for Ray's Jobs API on loopback, of one job that goes as the test says. */
export interface JobsApi {
  readonly address: string;
  readonly asked: readonly Asked[];
  /** The one job: how it stands, and what it has printed. */
  readonly job: { status: string; logs: string };
  /** What was uploaded: texts by name. */
  uploaded(): Promise<Record<string, string>>;
  close(): void;
}

/** Starts one; it takes only requests with `token`, where that is given. */
export async function startJobsApi(token?: string): Promise<JobsApi> {
  const asked: Asked[] = [];
  const job = { status: 'PENDING', logs: '' };
  const answerTo = ({ method = '', url = '', headers }: IncomingMessage): [number, object] => {
    if (token !== undefined && headers.authorization !== `Bearer ${token}`)
      return [401, { error: 'no token' }];
    if (method === 'POST' && url.endsWith('/stop')) {
      job.status = 'STOPPED';
      return [200, { stopped: true }];
    }
    if (method === 'POST') return [200, { submission_id: 'raysubmit_team' }];
    if (url.endsWith('/logs')) return [200, { logs: job.logs }];
    return [200, method === 'PUT' ? {} : { status: job.status, message: `it is ${job.status}` }];
  };
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, token: headers.authorization, body });
      const [status, answer] = answerTo(request);
      response.writeHead(status).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ asked, job, address: `http://127.0.0.1:${port}` },
    uploaded: () => textsIn(asked.find(({ method }) => method === 'PUT')!.body),
    close: () => void server.close(),
  };
}

async function textsIn(archive: Buffer): Promise<Record<string, string>> {
  const zip = await fromBufferPromise(archive);
  const texts: Record<string, string> = {};
  for await (const entry of zip.eachEntry())
    texts[entry.fileName] = (await buffer(await zip.openReadStreamPromise(entry))).toString();
  return texts;
}

/** A line of a job's log that tells of a step. */
export function progressLog(stage: string, step: number, totalSteps: number): string {
  return `(RayTrainWorker pid=3) ATTUNE-PROGRESS ${JSON.stringify({ stage, step, totalSteps, numbers: { loss: 1.5 } })}\n`;
}

/** The files of a folder, as cluster/attune_cluster/train.py prints them. */
export function folderLog(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return names.map((name) => fileLog(name.split(sep).join('/'), readFileSync(join(folder, name)))).join('');
}

function fileLog(name: string, content: Buffer): string {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const lines = [
    { name, part: content.toString('base64') },
    { name, bytes: content.length, sha256 },
  ];
  return lines.map((line) => `ATTUNE-FILE ${JSON.stringify(line)}\n`).join('');
}
