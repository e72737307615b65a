import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { invariant } from '../engine/invariant.ts';
import { greet, protocolVersion } from './protocol.ts';
import { Rpc } from './rpc.ts';

/** The talk of a child process with the one that started it. When that one goes, so does this, at once. */
export function connectToParent(): Rpc {
  invariant(process.send !== undefined, 'this program is started by Attune itself, not by hand');
  process.once('disconnect', () => process.exit());
  // In a terminal Ctrl+C reaches the children of its session too. What it means is for the parent to say.
  process.on('SIGINT', () => undefined);
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  const rpc = new Rpc(connection, (line) => process.stderr.write(`${line}\n`));
  rpc.answer(greet, () => ({ protocolVersion }));
  return rpc;
}
