import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { LlamaServer } from '../../../bench/latency/llamaServer.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** Speaks as llama-server does: writes the words, one token each, and then the numbers. */
const standIn = `#!${process.execPath}
const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
if (process.argv.includes('--broken')) { console.error('no such model'); process.exit(3); }
require('node:http').createServer((request, response) => {
  if (request.url === '/health') return response.end('{}');
  let body = '';
  request.on('data', (chunk) => (body += chunk)).on('end', async () => {
    const { prompt, n_predict } = JSON.parse(body);
    const say = (event) => response.write('data: ' + JSON.stringify(event) + '\\n\\n');
    const words = ['return', ' a;', '\\n', '}'].slice(0, n_predict);
    const timings = (predicted_n) => ({ predicted_n, cache_n: prompt.length });
    for (const [i, content] of words.entries()) {
      say({ content, tokens: [100 + i], stop: false, timings: timings(i + 1) });
      await new Promise(setImmediate);
    }
    if (n_predict > 4) return;
    say({ content: '', stop: true, timings: timings(words.length) });
    response.end();
  });
}).listen(port, '127.0.0.1');
`;

async function start(flags: readonly string[] = []): Promise<LlamaServer> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'llama-server'), standIn);
  chmodSync(join(folder, 'llama-server'), 0o755);
  const server = await LlamaServer.start({ folder, ggufPath: 'model.gguf', threads: 1, flags });
  onTestFinished(() => server.stop());
  return server;
}

it('gives the whole answer with what the server says of it', async () => {
  const server = await start();
  const answer = await server.complete({ tokens: [7, 8, 9], maxNewTokens: 2 });
  expect(answer).toMatchObject({ text: 'return a;', tokens: [100, 101], tokenCount: 2, cachedTokens: 3 });
});

it('ends an answer as soon as it is ready, though the server would write on', async () => {
  const server = await start();
  const answer = await server.complete({
    tokens: [7],
    maxNewTokens: 64,
    isReady: (text) => text.endsWith('\n'),
  });
  expect(answer).toMatchObject({ text: 'return a;\n', tokenCount: 3, cachedTokens: 1 });
});

it('knows how much memory the server has', async () => {
  expect(await (await start()).residentMb()).toBeGreaterThan(5);
});

it('says what a server said that does not start', async () => {
  await expect(start(['--broken'])).rejects.toThrow('no such model');
});
