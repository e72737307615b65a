import { connect, type Socket } from 'node:net';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { Rpc, type Log } from '../rpc.ts';

/** One end of a talk between two processes over a socket or a pipe. */
export interface SocketTalk {
  readonly rpc: Rpc;
  /** Resolves once the other end is gone, or this one was disposed. Known before waiting requests fail. */
  readonly ended: Promise<void>;
  /** Ends it at once. */
  readonly dispose: () => void;
}

/** The talk over a connected socket. It does not listen yet. */
export function talkOver(socket: Socket, log: Log): SocketTalk {
  const connection = createMessageConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  const rpc = new Rpc(connection, log);
  // 'close' follows, and means the same.
  socket.on('error', (error) => log(`A connection broke: ${error.message}`));
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  void ended.then(() => rpc.dispose());
  return { rpc, ended, dispose: () => socket.destroy() };
}

/** A socket that is connected to an address; undefined when nobody listens there. */
export function dial(address: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
