/* A parent that starts an engine without a model and then does nothing, for a test that kills it. */
import { systemClock } from '../../src/feedback/systemClock.ts';
import { EngineChildClient } from '../../src/process/engineChildClient.ts';

const [entryPath = ''] = process.argv.slice(2);
const log = (line: string) => process.stdout.write(`${line}\n`);
const client = new EngineChildClient({ entryPath, log, clock: systemClock });
await client.start({ model: '/no/such/model', adaptersFolder: '', device: 'cpu', threads: 1 });
process.stdout.write(`${client.state.kind}\n`);
setInterval(() => undefined, 1000);
