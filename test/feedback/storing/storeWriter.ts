import { openFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';
import { completionId, sampleCompletion } from '../sampleRecords.ts';

/** Writes to the store named on the command line until it is killed, and says each record once it is stored. */
const { store } = openFeedbackStore(process.argv[2]!, Date.now());
for (let i = Number(process.argv[3]); ; i++) {
  store.addCompletion(sampleCompletion(`c${i}`, { atMs: i, prefix: 'x'.repeat(4000) }));
  store.setFinalText(completionId(`c${i}`), `final ${i}`);
  process.stdout.write(`${i}\n`);
}
