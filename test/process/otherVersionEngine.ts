/* An engine of a version that does not exist. */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
connection.onRequest('greet', () => ({ protocolVersion: 999 }));
connection.listen();
