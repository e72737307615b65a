import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openFeedbackReader } from '../../../src/feedback/storing/sqliteFeedbackReader.ts';
import { progressIn, writeLoggedFiles } from '../../../src/process/cluster/clusterLog.ts';
import { clusterExports, travellingFiles } from '../../../src/process/cluster/clusterExports.ts';
import { requireEvenSteps } from '../../../src/process/cluster/clusterBatches.ts';
import type { ClusterMethod } from '../../../src/process/cluster/clusterMethods.ts';
import { writeClusterJob } from '../../../src/process/cluster/clusterJob.ts';
import { followJob } from '../../../src/process/cluster/clusterWork.ts';
import { folderLog, progressLog, startJobsApi } from '../../support/jobsApi.ts';
import { jobLogs, jobStatus, rayAddress, stopJob, submitJob } from '../../../src/process/cluster/rayJobs.ts';
import { defaultHyperparameters, hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { recordsOf } from '../../trainer/feedbackRecords.ts';
import { storeTinyWork } from '../tinyWork.ts';

describe('the address of a cluster', () => {
  it.each([
    'https://ray.example:8265',
    'http://127.0.0.1:8265',
    'http://localhost:8265',
    'http://[::1]:8265',
    'http://127.9.9.9',
  ])('may be %s', (text) => {
    expect(rayAddress(text, undefined, false).url.href).toContain(text);
  });

  it.each([
    'http://ray.example:8265',
    'http://10.0.0.1:8265',
    'http://127.0.0.1.example',
    'http://localhost.example',
  ])('may be %s only when that is said twice', (text) => {
    expect(() => rayAddress(text, undefined, false)).toThrow(/has no TLS, and is not on this machine/);
    expect(rayAddress(text, undefined, true).url.href).toContain(text);
  });

  it.each(['ray.example', 'ftp://ray.example', ''])('is not %j', (text) => {
    expect(() => rayAddress(text, undefined, true)).toThrow(/is no address of a dashboard/);
  });

  it.each(['https://me:hush@ray.example', 'http://hush@127.0.0.1:8265'])(
    'holds no password, which would be shown and remembered: %s',
    (text) => {
      expect(() => rayAddress(text, 'token', true)).toThrow(/may hold no user and no password/);
      expect(() => rayAddress(text, 'token', true)).not.toThrow(/hush/);
    },
  );
});

/** A dashboard that answers as it is told and keeps what it was asked. */
async function dashboard(answer: (request: IncomingMessage) => { status?: number; body: string }) {
  const asked: { method: string; url: string; token: string | undefined; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, token: headers.authorization, body });
      const { status = 200, body: text } = answer(request);
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {});
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { asked, address: rayAddress(`http://127.0.0.1:${port}`, 'secret', false) };
}

describe('a job on a cluster', () => {
  it('is uploaded under a name of its own and started with it, each time with the token', async () => {
    const { asked, address } = await dashboard(() => ({ body: '{"submission_id":"raysubmit_1"}' }));
    expect(await submitJob(address, { archive: Uint8Array.of(1, 2, 3), entrypoint: 'go' })).toBe(
      'raysubmit_1',
    );
    const [put, post] = asked;
    expect(put).toMatchObject({ method: 'PUT', token: 'Bearer secret' });
    const [, name] = /^\/api\/packages\/gcs\/(_ray_pkg_[0-9a-f]{32}\.zip)$/.exec(put!.url)!;
    expect([...put!.body]).toEqual([1, 2, 3]);
    expect(post).toMatchObject({ method: 'POST', url: '/api/jobs/', token: 'Bearer secret' });
    const body: unknown = JSON.parse(post!.body.toString());
    expect(body).toMatchObject({ entrypoint: 'go', runtime_env: { working_dir: `gcs://${name}` } });
    // Ray would unpack what was sent before only once, and a job removes its rows from there.
    await submitJob(address, { archive: Uint8Array.of(1, 2, 3), entrypoint: 'go' });
    expect(asked[2]).toMatchObject({ method: 'PUT' });
    expect(asked[2]!.url).not.toBe(put!.url);
  });

  it('is not sent where it is larger than what Ray takes, and says what to do', async () => {
    const { asked, address } = await dashboard(() => ({ body: '{"submission_id":"raysubmit_1"}' }));
    const limit = 100 * 1024 ** 2;
    const job = (bytes: number) => ({ archive: new Uint8Array(bytes), entrypoint: 'go' });
    await expect(submitJob(address, job(limit + 1024 ** 2))).rejects.toThrow(
      /^The job is 101\.0 MiB packed, and Ray’s dashboard takes 100\.0 MiB\. Send fewer exports at once, or/,
    );
    await expect(submitJob(address, job(limit + 1))).rejects.toMatchObject({ reason: 'tooLargeToSend' });
    expect(asked).toEqual([]);
    await submitJob(address, job(limit));
    expect(asked.map(({ body }) => body.length)).toEqual([limit, expect.any(Number)]);
  });

  it('is asked for by its id, whatever stands in it', async () => {
    const { asked, address } = await dashboard(({ url = '' }) => ({
      body: url.endsWith('logs') ? '{"logs":"text"}' : '{"status":"RUNNING"}',
    }));
    expect(await jobStatus(address, 'a/../b')).toEqual({ status: 'RUNNING' });
    expect(await jobLogs(address, 'a')).toBe('text');
    expect(asked.map(({ url }) => url)).toEqual(['/api/jobs/a%2F..%2Fb', '/api/jobs/a/logs']);
  });

  it.each([
    {
      name: 'the dashboard refuses',
      answer: { status: 403, body: 'no' },
      says: /answered 403: no\. .*_TOKEN/,
    },
    { name: 'it is no dashboard', answer: { body: '<html>' }, says: /No Ray dashboard answers/ },
    // Which `followJob` goes on after, as after a network that is away.
    ...[502, 503, 504].map((status) => ({
      name: `a proxy has none behind it for a moment (${status})`,
      answer: { status, body: 'later' },
      says: new RegExp(`No Ray dashboard answers at .* \\(${status} later\\)`),
    })),
    { name: 'it leads elsewhere', answer: { status: 302, body: 'x' }, says: /answered 302: x/ },
  ])('says so when $name', async ({ answer, says }) => {
    const { address } = await dashboard(() => answer);
    await expect(jobStatus(address, 'x')).rejects.toThrow(says);
  });

  it.each([
    { name: 'nothing', says: '' },
    { name: 'half of an answer', says: 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{' },
  ])('counts as unreachable where $name comes', async ({ says }) => {
    const { address } = await silentDashboard(says);
    await expect(jobStatus({ ...address, idleMs: 50 }, 'x')).rejects.toMatchObject({
      reason: 'clusterUnreachable',
    });
  });
});

/** A dashboard that takes every connection and says only this, whatever is asked. */
async function silentDashboard(says = '') {
  const server = createTcpServer((socket) => void socket.on('error', () => undefined).write(says));
  const reached = once(server, 'connection');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { reached, address: rayAddress(`http://127.0.0.1:${port}`, undefined, false) };
}

const fileLines = (
  name: string,
  content: string,
  sha256 = createHash('sha256').update(content).digest('hex'),
) => {
  const part = Buffer.from(content).toString('base64');
  return [
    `ATTUNE-FILE ${JSON.stringify({ name, part })}`,
    `ATTUNE-FILE ${JSON.stringify({ name, bytes: content.length, sha256 })}`,
  ].join('\n');
};

describe('the log of a job', () => {
  it('tells of its steps among everything else that is printed', () => {
    const step = { stage: 'sft', step: 3, totalSteps: 9, numbers: { loss: 2 } };
    const log = `noise\n(RayTrainWorker pid=3) ATTUNE-PROGRESS ${JSON.stringify(step)}\nATTUNE-PROGRESS {broken`;
    expect(progressIn(log)).toEqual([step]);
  });

  it('holds files, which are written to a folder', async () => {
    const folder = join(temporaryFolder(), 'out');
    await writeLoggedFiles(`x\n${fileLines('a.json', 'one')}\n${fileLines('inner/b', 'two')}\n`, folder);
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
      ...['a.json', 'attune_stages.json', 'inner', 'inner/b'],
    ]);
    expect(readFileSync(join(folder, 'inner', 'b'), 'utf8')).toBe('two');
  });

  it('tells of whole stages, each step once, however often and in whichever order it was told', async () => {
    const told = (stage: string, step: number, atSeconds: number, numbers: object): string =>
      `ATTUNE-PROGRESS ${JSON.stringify({ stage, step, totalSteps: 2, numbers, atSeconds })}`;
    const log = [
      told('dpo', 2, 140, { loss: 0.4, accuracy: 0.75 }),
      told('dpo', 1, 120, { loss: 0.7, accuracy: 0.5 }),
      told('sft', 1, 100, { loss: 3 }),
      told('sft', 2, 101, { loss: 9 }),
      told('sft', 2, 109, { loss: 2 }),
      told('sft', 2, 110, { train_runtime: 10 }),
      told('done', 1, 150, {}),
      fileLines('a.json', 'one'),
    ].join('\n');
    const folder = join(temporaryFolder(), 'out');
    await writeLoggedFiles(log, folder);
    expect(JSON.parse(readFileSync(join(folder, 'attune_stages.json'), 'utf8'))).toEqual([
      { name: 'sft', steps: 2, seconds: 10, metrics: {}, curves: { loss: [3, 2] } },
      {
        name: 'dpo',
        steps: 2,
        seconds: 20,
        metrics: {},
        curves: { loss: [0.7, 0.4], accuracy: [0.5, 0.75] },
      },
    ]);
  });

  it('says how a stage ended: why early, why not at all, and what no step has', async () => {
    const step = { stage: 'ppo', step: 1, totalSteps: 9, numbers: { score: 2 }, atSeconds: 5 };
    const ended = (what: object): string => `(RayTrainWorker pid=3) ATTUNE-STAGE-END ${JSON.stringify(what)}`;
    const log = [
      ended({ stage: 'reward', metrics: { passes: 0 }, stopReason: 'It knows too little.' }),
      `ATTUNE-PROGRESS ${JSON.stringify(step)}`,
      // Told again by workers that were started again.
      ended({ stage: 'ppo', metrics: { usesRewardModel: 1 } }),
      ended({ stage: 'ppo', metrics: { usesRewardModel: 0 }, stopReason: 'it went too far' }),
      fileLines('a.json', 'one'),
    ].join('\n');
    const folder = join(temporaryFolder(), 'out');
    await writeLoggedFiles(log, folder);
    expect(JSON.parse(readFileSync(join(folder, 'attune_stages.json'), 'utf8'))).toEqual([
      {
        ...{ name: 'reward', steps: 0, seconds: 0, curves: {} },
        ...{ metrics: { passes: 0 }, stopReason: 'It knows too little.' },
      },
      {
        ...{ name: 'ppo', steps: 1, seconds: 0, curves: { score: [2] } },
        ...{ metrics: { usesRewardModel: 0 }, stopReason: 'it went too far' },
      },
    ]);
  });

  it.each([
    { name: 'nothing', log: 'noise', says: /has no files/ },
    { name: 'half a file', log: fileLines('a', 'one').split('\n')[0]!, says: /a has no end/ },
    {
      name: 'another content',
      log: fileLines('a', 'one', 'f'.repeat(64)),
      says: /a has 3 bytes of 3, or others/,
    },
    { name: 'a broken line', log: 'ATTUNE-FILE {', says: /cannot be read/ },
    { name: 'a name outside', log: fileLines('../a', 'one'), says: /\.\.\/a is no name of a file in it/ },
    { name: 'a name inside out', log: fileLines('x/../../a', 'one'), says: /is no name of a file in it/ },
    { name: 'a name from the root', log: fileLines('/a', 'one'), says: /\/a is no name of a file in it/ },
    { name: 'a name on a drive', log: fileLines('C:\\a', 'one'), says: /is no name of a file in it/ },
  ])('is refused with $name, and nothing is written', async ({ log, says }) => {
    const parent = temporaryFolder();
    await expect(writeLoggedFiles(log, join(parent, 'out'))).rejects.toThrow(says);
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe('what travels to a cluster', () => {
  it('is rows and hyperparameters, without held-out work, names of documents, or more of a prompt than is read', async () => {
    const folder = temporaryFolder();
    storeTinyWork(join(folder, 'feedback.sqlite'));
    const reader = openFeedbackReader(join(folder, 'feedback.sqlite'));
    const job = join(folder, 'job');
    await writeClusterJob(job, reader, {
      base: { name: 'tiny', sha256: 'a'.repeat(64), path: '/models/tiny' },
      ...{ method: 'dpo', hyperparameters: defaultHyperparameters, seed: 1, storage: '/shared' },
      ...{ maxPromptTokens: 1, maxNewTokens: 8, workers: 2, usesGpu: false },
    });
    reader.close();
    const rows = readFileSync(join(job, 'sft.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { prompt: string; completion: string; document?: string; mode: string },
      );
    // Of 96 records a fifth is held out: the newest.
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.some(({ completion }) => completion.includes('value95'))).toBe(false);
    expect(rows.every(({ prompt, document }) => prompt.length <= 8 && document === undefined)).toBe(true);
    // Where the grammar, which no cluster has, says how far a completion goes.
    expect(rows.every(({ mode }) => mode === 'line')).toBe(true);
    // Texts end as one that is served, and silence is ''.
    const pairs = readFileSync(join(job, 'preference.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { chosen: string; rejected: string; mode: string });
    expect(pairs).toContainEqual(
      expect.objectContaining({ chosen: 'value1 + 1;\n', rejected: 'wrong1\n', mode: 'line' }),
    );
    const texts = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
    expect(texts.every((text) => text === '' || text.endsWith(';\n') || /^wrong\d+\n$/.test(text))).toBe(
      true,
    );
    writeFileSync(join(job, 'more.txt'), 'x');
    expect((await travellingFiles(job)).map(({ name, rows: count }) => [name, count])).toEqual([
      ['config.yaml', undefined],
      ['more.txt', undefined],
      ['preference.jsonl', expect.any(Number)],
      ['sft.jsonl', rows.length],
    ]);
    const config = readFileSync(join(job, 'config.yaml'), 'utf8');
    expect(config).toContain(
      `base_model:\n  name: "tiny"\n  sha256: "${'a'.repeat(64)}"\n  path: "/models/tiny"\n`,
    );
    // By the names of a run at home.
    expect(config).toMatch(/^hyperparameters:\n {2}lora:\n {4}rank: 16\n {4}alpha: 32\n {2}adam:\n/m);
    expect(config).toMatch(/^ {2}ppo:\n(?: {4}.*\n)* {4}rolloutsPerPrompt: 4\n/m);
  });
});

it.each([
  ['~/shared', '/models/tiny'],
  ['shared', '/models/tiny'],
  ['s3://bucket/shared', '/models/tiny'],
  ['/shared', 'Qwen/Qwen2.5-Coder-0.5B'],
])(
  'a job is not exported for the storage %s and the model %s, which are others on every node',
  async (storage, path) => {
    const written = writeClusterJob(join(temporaryFolder(), 'job'), recordsOf({}), {
      base: { name: 'tiny', sha256: 'a'.repeat(64), path },
      ...{ method: 'sft', hyperparameters: defaultHyperparameters, seed: 1, storage },
      ...{ maxPromptTokens: 64, maxNewTokens: 8, workers: 1, usesGpu: false },
    });
    await expect(written).rejects.toThrow(/would be another folder on every node\. Write the whole path/);
  },
);

describe('the workers of a job', () => {
  /** What refuses so many, with those batch sizes of SFT, the reward model and DPO. */
  const refusalOf = (workers: number, method: ClusterMethod, [sft, reward, direct]: number[]) => {
    const changes = { sft: { batchSize: sft }, reward: { batchSize: reward }, direct: { batchSize: direct } };
    const hyperparameters = hyperparametersSchema.parse(changes);
    try {
      requireEvenSteps('/job', { method, hyperparameters, workers });
      return undefined;
    } catch (error) {
      return String(error);
    }
  };

  it.each([
    [1, 'dpo', [3, 5, 7]],
    [4, 'dpo', [4, 4, 4]],
    [8, 'ppo', [8, 16, 4]],
    [8, 'sft', [8, 4, 4]],
  ] as const)('may be %i with %s, whose steps they share evenly', (workers, method, sizes) => {
    expect(refusalOf(workers, method, [...sizes])).toBeUndefined();
  });

  it.each([
    [8, 'sft', [4, 8, 8], /^ProcessError: 8 workers .* \(sft\.batchSize 4\).* one of 1, 2, 4, or .* of 8\.$/],
    [3, 'dpo', [6, 6, 4], /\(direct\.batchSize 4\).* one of 1, 2, or/],
    [8, 'ppo', [4, 8, 8], /\(sft\.batchSize 4\)/],
  ] as const)('are refused where %i with %s would make other steps', (workers, method, sizes, says) => {
    expect(refusalOf(workers, method, [...sizes])).toMatch(says);
  });
});

/** An export with that much in it. */
function exported(
  base: { readonly name: string; readonly sha256: string } | undefined,
  files: Record<string, string>,
  hyperparameters: object | null = {},
) {
  const folder = temporaryFolder();
  const named = hyperparameters === null ? [] : [`hyperparameters: ${JSON.stringify(hyperparameters)}`];
  const config =
    base === undefined
      ? {}
      : {
          'config.yaml': [`base_model: ${JSON.stringify(base)}`, ...named]
            .map((line) => `${line}\n`)
            .join(''),
        };
  for (const [name, text] of Object.entries({ ...config, ...files })) writeFileSync(join(folder, name), text);
  return folder;
}

describe('exports that go into one job', () => {
  const tiny = { name: 'tiny', sha256: 'a'.repeat(64) };

  it('are each named with the files that would travel: all of the first, and the rows of the others', async () => {
    const first = exported(tiny, { 'sft.jsonl': '{}\n{}\n', 'note.txt': 'x' });
    const second = exported(tiny, { 'sft.jsonl': '{}', 'preference.jsonl': '', 'note.txt': 'x' });
    const exports = await clusterExports([first, second]);
    expect(exports.map(({ files }) => files.map(({ name, rows }) => [name, rows]))).toEqual([
      [
        ['config.yaml', undefined],
        ['note.txt', undefined],
        ['sft.jsonl', 2],
      ],
      [
        ['preference.jsonl', 0],
        ['sft.jsonl', 1],
      ],
    ]);
  });

  it.each([
    ['dpo', ['sft.jsonl']],
    ['ppo', ['judge.jsonl', 'sft.jsonl']],
  ])('leave the rows of others that %s does not use where they are', async (method, names) => {
    const first = exported(tiny, { 'sft.jsonl': '{}' });
    appendFileSync(join(first, 'config.yaml'), `method: ${method}\n`);
    const second = exported(tiny, { 'sft.jsonl': '{}', 'judge.jsonl': '{}' });
    const [, others] = await clusterExports([first, second]);
    expect(others!.files.map(({ name }) => name)).toEqual(names);
  });

  it('are refused where one is no export', async () => {
    for (const folder of [exported(undefined, { 'sft.jsonl': '{}' }), exported(tiny, {})])
      await expect(clusterExports([folder])).rejects.toThrow(/is no export: it lacks config\.yaml or rows/);
    await expect(
      clusterExports([exported(undefined, { 'config.yaml': 'x', 'sft.jsonl': '' })]),
    ).rejects.toThrow(/names no base model in config\.yaml/);
  });

  it('are refused where one is there twice, under whatever name', async () => {
    const folder = exported(tiny, { 'sft.jsonl': '{}' });
    await expect(clusterExports([folder, `${folder}/.`])).rejects.toThrow(/was named twice/);
  });

  it.each([
    ['is no such', { sft: { mixing: 2 } }, /config\.yaml: The hyperparameters cannot be used: .*sft\.mixing/],
    ['has no such name', { sft: { mix: 1 } }, /config\.yaml: There is no such hyperparameter: sft\.mix\./],
    ['is named nowhere', null, /names no hyperparameters in config\.yaml: it is of an older version\./],
    ['means nothing there', { timeBudgetMs: 9 }, /config\.yaml: On a cluster .* timeBudgetMs \(a job makes/],
  ])('are refused where a hyperparameter of the first %s', async (_, hyperparameters, says) => {
    const first = exported(tiny, { 'sft.jsonl': '{}' }, hyperparameters);
    const second = exported(tiny, { 'sft.jsonl': '{}' });
    await expect(clusterExports([first, second])).rejects.toThrow(says);
    await expect(clusterExports([second, first])).resolves.toHaveLength(2);
  });

  it('are refused where they are for different models, with both names', async () => {
    const other = { name: 'other', sha256: 'b'.repeat(64) };
    const folders = [tiny, other].map((base) => exported(base, { 'sft.jsonl': '{}' }));
    await expect(clusterExports(folders)).rejects.toThrow(
      /is for other \(weights b{12}\), and \S+ for tiny \(weights a{12}\)/,
    );
  });
});

describe('a job that is waited for', () => {
  const never = new AbortController().signal;

  /** A job that stands so, and what its waiting comes to. */
  async function waitFor(status: string, logs: string, signal = never) {
    const cluster = await startJobsApi();
    onTestFinished(() => cluster.close());
    Object.assign(cluster.job, { status, logs });
    const address = rayAddress(cluster.address, undefined, false);
    const folder = join(temporaryFolder(), 'adapter');
    const told: unknown[] = [];
    const waiting = followJob(
      { address, id: 'x', folder },
      { signal, onProgress: (state) => told.push(state) },
    );
    return { waiting, told, folder, cluster, address };
  }

  it('leaves its adapter in a folder, and tells of its last step', async () => {
    const from = temporaryFolder();
    writeFileSync(join(from, 'a.json'), '{}');
    const { waiting, told, folder } = await waitFor('SUCCEEDED', progressLog('dpo', 3, 9) + folderLog(from));
    await waiting;
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('{}');
    const progress = { stage: 'dpo', step: 3, totalSteps: 9, numbers: { loss: 1.5 } };
    expect(told).toEqual([{ status: 'SUCCEEDED', progress }]);
  });

  it.each(['FAILED', 'STOPPED'])('that is %s is told of with what it said last', async (status) => {
    const { waiting } = await waitFor(status, 'one\ntwo\nno memory\n');
    await expect(waiting).rejects.toThrow(new RegExp(`Job x has no adapter: it is ${status}.*no memory`));
  });

  it('is waited for no longer once that is cancelled, though a request hangs', async () => {
    const abort = new AbortController();
    const { address, reached } = await silentDashboard();
    const waiting = followJob(
      { address, id: 'x', folder: join(temporaryFolder(), 'adapter') },
      { signal: abort.signal, onProgress: () => undefined },
    );
    await reached;
    abort.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
  });

  it('goes on where nobody waits any more, until it is stopped', async () => {
    const abort = new AbortController();
    const { waiting, cluster, address } = await waitFor('RUNNING', '', abort.signal);
    abort.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
    expect(cluster.job.status).toBe('RUNNING');
    await stopJob(address, 'x');
    expect(cluster.job.status).toBe('STOPPED');
  });
});
