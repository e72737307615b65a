import { describe, expect, it } from 'vitest';
import { outputOf } from '../../scripts/setup/command.mjs';

const node = (script) => outputOf('The step', process.execPath, ['-e', script]);

it('gives what a command printed', async () => {
  expect(await node('console.log(1); console.error(2)')).toMatch(/1\n[^]*2\n|2\n[^]*1\n/);
});

describe('a failed command says what to do', () => {
  it.each([
    ['a full disk', 'npm error code ENOSPC', 'free some space'],
    ['no network', 'npm error network request failed, reason: getaddrinfo EAI_AGAIN', 'check the connection'],
    ['no rights', 'E: are you root?', 'check its owner'],
    ['a refused certificate', 'npm error code SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
    ['anything else', 'strange', 'the lines below say why'],
  ])('after %s', async (_, printed, remedy) => {
    const failing = node(`console.error(${JSON.stringify(printed)}); process.exit(3)`);
    await expect(failing).rejects.toThrow(remedy);
    await expect(failing).rejects.toThrow(printed);
  });

  it('after a program that is not there', async () => {
    await expect(outputOf('The step', 'no-such-program', [])).rejects.toThrow(
      'That program is not installed',
    );
  });
});
