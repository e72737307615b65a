import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';
import { FeedbackChildClient } from '../../../src/process/exchange/feedbackChildClient.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { askedAt, demonstration } from '../../trainer/feedbackRecords.ts';
import { trainerChild } from '../children.ts';

const never = new AbortController().signal;
const rules = { excludedPatterns: [], workspaceFolders: [] };

function exchange(log: (line: string) => void = () => undefined): FeedbackChildClient {
  const client = new FeedbackChildClient({ ...trainerChild(), log });
  onTestFinished(() => client.dispose());
  return client;
}

/** An open store, as an editor has it all the time. */
function openStore(storePath: string) {
  const { store } = openFeedbackStore(storePath, 1);
  onTestFinished(() => store.close());
  return store;
}

it('writes and reads a file in a process of its own, beside an open store', async () => {
  const [storePath, otherPath] = [join(temporaryFolder(), 'a.sqlite'), join(temporaryFolder(), 'b.sqlite')];
  const [store, other] = [openStore(storePath), openStore(otherPath)];
  for (let minute = 1; minute <= 50; minute++)
    store.addDemonstration(demonstration(askedAt(`let v${minute} = █`, minute), `call${minute}();`));
  const file = join(temporaryFolder(), 'feedback.jsonl');
  const client = exchange();
  expect(await client.exportFeedback({ storePath, file, format: 'records' }, never)).toEqual({
    rows: 50,
    heldOut: 0,
  });
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(50);
  const imported = await client.importFeedback({ storePath: otherPath, file, nowMs: 1, rules }, never);
  expect(imported).toEqual({ added: 50, known: 0, notStored: {}, refused: 0, problems: [] });
  expect(other.demonstrations()).toEqual(store.demonstrations());
});

it('tells why a file cannot be written or read', async () => {
  const storePath = join(temporaryFolder(), 'a.sqlite');
  openStore(storePath);
  const file = join(temporaryFolder(), 'missing', 'feedback.jsonl');
  const client = exchange();
  await expect(client.exportFeedback({ storePath, file, format: 'records' }, never)).rejects.toThrow(file);
  await expect(client.importFeedback({ storePath, file, nowMs: 1, rules }, never)).rejects.toThrow(file);
});

it('ends an import that the user cancels, and stores nothing of it', async () => {
  const storePath = join(temporaryFolder(), 'a.sqlite');
  const store = openStore(storePath);
  const file = join(temporaryFolder(), 'rows.jsonl');
  const rows = Array.from({ length: 500 }, (_, row) =>
    JSON.stringify({ prompt: 'a', completion: `b${row}` }),
  );
  writeFileSync(file, rows.join('\n'));
  const cancelled = new AbortController();
  const client = exchange((line) => {
    if (line.includes('started as process')) setImmediate(() => cancelled.abort());
  });
  const importing = client.importFeedback({ storePath, file, nowMs: 1, rules }, cancelled.signal);
  await expect(importing).rejects.toMatchObject({ name: 'AbortError' });
  expect(store.recordCount()).toBe(0);
  // The process has ended: the next file has one of its own.
  const imported = await client.importFeedback({ storePath, file, nowMs: 1, rules }, never);
  expect([imported.added, store.recordCount()]).toEqual([500, 500]);
});
