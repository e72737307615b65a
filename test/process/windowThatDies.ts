/* A window that starts an engine without a model and then does nothing, for a test that kills it. */
import { systemClock } from '../../src/feedback/systemClock.ts';
import { SharedEngineClient } from '../../src/process/sharedEngineClient.ts';

const [entryPath = '', folder = '', model = ''] = process.argv.slice(2);
const log = (line: string) => process.stdout.write(`${line}\n`);
const client = new SharedEngineClient({
  ...{ entryPath, log, clock: systemClock },
  ...{ version: '1.0.0', folders: [folder] },
});
await client.start({ model, adaptersFolder: '', device: 'cpu', threads: 1 });
process.stdout.write(`${client.state.kind}\n`);
setInterval(() => undefined, 1000);
