import { expect, it } from 'vitest';
import { loadModel } from '../../src/process/engineMessages.ts';
import { compareBuilds, greet, protocolVersion, requireSameVersion } from '../../src/process/protocol.ts';
import { retrain } from '../../src/process/trainerMessages.ts';
import { rpcPair } from './rpcPair.ts';

async function meet(theirVersion: number): Promise<void> {
  const { host, child } = rpcPair();
  child.answer(greet, () => ({ protocolVersion: theirVersion }));
  child.listen();
  host.listen();
  await requireSameVersion(host);
}

it('lets two processes of the same version talk', async () => {
  await expect(meet(protocolVersion)).resolves.toBeUndefined();
});

it('refuses a process of another version and says what to do', async () => {
  const meeting = meet(protocolVersion + 1);
  await expect(meeting).rejects.toMatchObject({ name: 'ProcessError', reason: 'otherVersion' });
  await expect(meeting).rejects.toThrow(
    `one of its processes speaks protocol version ${protocolVersion + 1}, this one ${protocolVersion}. Reload the window.`,
  );
});

it('takes a serving policy without an adapter and without a notice', () => {
  const sent: unknown = JSON.parse(
    JSON.stringify({ policyId: 'base', adapterId: undefined, notice: undefined }),
  );
  expect(loadModel.result.parse(sent)).toEqual({ policyId: 'base' });
});

it('takes a retraining without overrides of the hyperparameters', () => {
  const settings = {
    ...{ model: 'm', storePath: 's', adaptersFolder: 'a', checkpointFolder: 'c' },
    learnFrom: {
      ...{ isOff: false, refusedFolders: ['r'], excludedPatterns: ['*.key'] },
      ...{ workspaceFolders: ['w'], mayAskGit: true, ownLinesFirst: true },
      excludedIn: [{ folder: 'w', patterns: ['*'] }],
    },
    ...{
      projectCode: true,
      threads: 2,
      seed: 1,
      maxPromptTokens: 512,
      maxNewTokens: 32,
      hyperparameters: undefined,
    },
  };
  const sent: unknown = JSON.parse(JSON.stringify(settings));
  expect(retrain.params.parse(sent)).toEqual({ ...settings, hyperparameters: {} });
});

it.each([
  ['1.2.3', 1, '1.2.3', 1, 0],
  ['0.9.0', 1, '0.10.0', 1, -1],
  ['2.0.0', 1, '1.9.9', 5, 1],
  ['1.0.0', 1, '1.0.0', 2, -1],
])('says of version %s with protocol %s and version %s with protocol %s which is newer', (...row) => {
  const [version, protocolVersion, otherVersion, otherProtocol, expected] = row;
  const other = { version: otherVersion, protocolVersion: otherProtocol };
  expect(Math.sign(compareBuilds({ version, protocolVersion }, other))).toBe(expected);
});
