/*
 * The engine: a process that holds the model and writes completions, for all windows that want the
 * same of it. The window that needs it first starts it and names its place and the version; a native
 * crash or a long run here never stops typing there.
 */
import { systemClock } from '../completion/systemClock.ts';
import { EngineHost } from './serving/engineHost.ts';
import { EngineServer } from './serving/engineServer.ts';
import { protocolVersion } from './protocol.ts';

const [folder = '', name = '', version = ''] = process.argv.slice(2);
const server = new EngineServer({
  place: { folder, name },
  build: { version, protocolVersion },
  host: new EngineHost(),
  clock: systemClock,
  log: (line) => process.stderr.write(`${line}\n`),
  exit: () => process.exit(),
});
await server.open();
process.send?.('open');
