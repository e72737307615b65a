import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measureHarm } from '../../../bench/learning/harm.ts';
import { isAbort } from '../../../src/engine/invariant.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyConfig } from '../../support/tinyModel.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { otherAuthorSamples } from '../../support/tokenLoss.ts';

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

it('reads the same code of another author after every commit, so that losses can be compared', () => {
  const hashes = Object.entries(otherAuthorSamples).map(([name, text]) => [name, sha256Of(text)]);
  expect(Object.fromEntries(hashes)).toEqual({
    'graphBuilder.ts': 'a94cc31f2adbd43326d306bce02f4c61f6936367d2c16a375495eeb1c8240458',
    'random.ts': '83dcfceef1fc44ec42612ef08c14690a814a55c9cd2036fc145db86184390897',
    'make_model_golden.py': 'fd33ae5d1c53f473ec37d5c7b7afc8963d10f757d4b95b3f654c3b6259ee3dbf',
    'check_conversion.py': '4d644adb5145e05cb4c1a3d07b65630a5e94f95f311f1259222799278417a29a',
  });
});

it('says how far it is, and ends where it is cancelled', async () => {
  const [folder, cancelling] = [temporaryFolder(), new AbortController()];
  const base = await openModelFolder(await writeTinyModelFolder(1, { ...tinyConfig, maxPositions: 1024 }));
  const shown: string[] = [];
  const showProgress = (label: string) => ({
    update: (done: number, total: number) => {
      shown.push(`${label}: ${done} of ${total}`);
      if (done === 2) setImmediate(() => cancelling.abort());
    },
    finish: () => shown.push('end'),
  });
  const adapter = { lora: { rank: 1, alpha: 1 }, theta: new Float32Array(), folder: join(folder, 'merged') };
  const measured = measureHarm(
    { base, folder, trainingFolder: folder, terminal: { signal: cancelling.signal, showProgress } },
    adapter,
  );
  await expect(measured).rejects.toSatisfy(isAbort);
  expect(shown).toEqual(['token loss, base: 1 of 12', 'token loss, base: 2 of 12', 'end']);
  expect(existsSync(join(folder, 'elsewhere.json'))).toBe(false);
});
