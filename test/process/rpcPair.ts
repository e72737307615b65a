import { PassThrough } from 'node:stream';
import { createMessageConnection } from 'vscode-jsonrpc/node';
import { onTestFinished } from 'vitest';
import { Rpc } from '../../src/process/rpc.ts';

/** Both ends of a talk inside this process, and what each wrote to its log. */
export interface RpcPair {
  readonly host: Rpc;
  readonly child: Rpc;
  readonly hostLog: string[];
  readonly childLog: string[];
}

/** Two ends that do not listen yet, over streams in memory, so that every message is really written as JSON. */
export function rpcPair(): RpcPair {
  const toChild = new PassThrough();
  const toHost = new PassThrough();
  const hostLog: string[] = [];
  const childLog: string[] = [];
  const host = new Rpc(createMessageConnection(toHost, toChild), (line) => hostLog.push(line));
  const child = new Rpc(createMessageConnection(toChild, toHost), (line) => childLog.push(line));
  onTestFinished(() => {
    host.dispose();
    child.dispose();
  });
  return { host, child, hostLog, childLog };
}
