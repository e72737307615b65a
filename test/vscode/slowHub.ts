import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A hub that is asked in place of Hugging Face. */
export interface SlowHub {
  /** As `HF_ENDPOINT` names it. */
  readonly endpoint: string;
  /** The paths that were asked for, oldest first. */
  readonly asked: readonly string[];
  readonly close: () => void;
}

const chunk = Buffer.alloc(2 ** 16);
const chunkEveryMs = 200;

/** A hub that begins every file, and would take minutes to end it. */
export async function openSlowHub(): Promise<SlowHub> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const start = /bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1];
    const range = start === undefined ? {} : { 'content-range': `bytes ${start}-` };
    response.writeHead(start === undefined ? 200 : 206, range);
    const writing = setInterval(() => response.write(chunk), chunkEveryMs);
    response.on('close', () => clearInterval(writing));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { endpoint: `http://127.0.0.1:${port}`, asked, close };
}
