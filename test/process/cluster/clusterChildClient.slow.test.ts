import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ClusterChildClient } from '../../../src/process/cluster/clusterChildClient.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { trainerChild } from '../children.ts';

/** An upload that takes a while, but less than a child is given to end by itself. */
const uploadMs = 500;

it('starts no job whose sending is cancelled', async () => {
  const folder = temporaryFolder();
  const config = `base_model: { name: tiny, sha256: ${'a'.repeat(64)} }\nhyperparameters: {}\n`;
  writeFileSync(join(folder, 'config.yaml'), config);
  writeFileSync(join(folder, 'sft.jsonl'), '{}\n');
  const cancel = new AbortController();
  const asked: (string | undefined)[] = [];
  const dashboard = createServer((request, response) => {
    asked.push(request.method);
    cancel.abort();
    request.resume();
    setTimeout(() => response.end('{"submission_id":"raysubmit_1"}'), uploadMs);
  });
  await new Promise<void>((resolve) => dashboard.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void dashboard.close());
  const { port } = dashboard.address() as AddressInfo;
  const client = new ClusterChildClient(trainerChild());
  onTestFinished(() => client.dispose());
  const address = { url: `http://127.0.0.1:${port}`, isPlainMeant: false };
  await expect(client.submit(address, [folder], cancel.signal)).rejects.toThrow(/aborted/);
  expect(asked).toEqual(['PUT']);
});
