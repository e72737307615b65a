/* An engine of a protocol that does not exist yet, as after an update under a running window. */
import { systemClock } from '../../src/completion/systemClock.ts';
import { EngineHost } from '../../src/process/serving/engineHost.ts';
import { EngineServer } from '../../src/process/serving/engineServer.ts';

const [folder = '', name = '', version = ''] = process.argv.slice(2);
const server = new EngineServer({
  place: { folder, name },
  build: { version, protocolVersion: 999 },
  host: new EngineHost(),
  clock: systemClock,
  log: () => undefined,
  exit: () => process.exit(),
});
await server.open();
process.send?.('open');
