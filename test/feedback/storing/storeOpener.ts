import { createInterface } from 'node:readline';
import { openFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';
import { sampleCompletion } from '../sampleRecords.ts';

/** Opens the store named on the command line when it is told a first line, and stores a record at the second. */
const [, , path, name] = process.argv;
const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
process.stdout.write('ready\n');
await lines.next();
const { store, movedAside } = openFeedbackStore(path!, Date.now());
process.stdout.write(`${movedAside === undefined ? 'opened' : 'set aside'}\n`);
await lines.next();
store.addCompletion(sampleCompletion(name!));
store.close();
input.close();
