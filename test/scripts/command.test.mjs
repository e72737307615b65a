import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder.ts';
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

it.skipIf(process.platform === 'win32')(
  'npm ends with what started it, although by itself it goes on to take back what it installed',
  async () => {
    const folder = temporaryFolder();
    const door = createServer().listen(join(folder, 'door'));
    onTestFinished(() => void door.close());
    const npm = join(folder, 'npm-cli.js');
    writeFileSync(npm, `process.on('SIGINT', () => {}); require('node:net').connect(process.argv[2]);`);
    const command = JSON.stringify(new URL('../../scripts/setup/command.mjs', import.meta.url));
    const args = JSON.stringify([join(folder, 'door')]);
    const script = `import(${command}).then(({ npm }) => npm('The step', ${args}))`;
    const env = { ...process.env, npm_execpath: npm };
    const starter = spawn(process.execPath, ['-e', script], { env, stdio: 'ignore' });
    const [life] = await once(door, 'connection');
    onTestFinished(() => void life.destroy());
    const ends = Promise.all([once(starter, 'exit'), once(life, 'close')]);
    starter.kill('SIGINT');
    expect((await ends)[0]).toEqual([null, 'SIGINT']);
  },
);
