/* A window that starts an engine and then does nothing, for a test that kills it. */
import { systemClock } from '../../src/completion/systemClock.ts';
import type { EngineSettings } from '../../src/process/clients.ts';
import { SharedEngineClient } from '../../src/process/serving/sharedEngineClient.ts';

const [entryPath = '', folder = '', settings = ''] = process.argv.slice(2);
const log = (line: string) => process.stdout.write(`${line}\n`);
const client = new SharedEngineClient({
  ...{ entryPath, log, clock: systemClock },
  ...{ version: '1.0.0', folders: [folder] },
});
await client.start(JSON.parse(settings) as EngineSettings);
process.stdout.write(`${client.state.kind}\n`);
setInterval(() => undefined, 1000);
