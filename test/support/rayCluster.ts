import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A Ray cluster of two nodes on this machine: two raylets, each with two processors. */
export interface RayCluster {
  /** Of the dashboard, http on loopback. */
  readonly address: string;
  /** How many nodes are alive. */
  aliveNodes(): Promise<number>;
  /** Kills the second node as a power cut would. */
  killSecondNode(): void;
  stop(): void;
}

/** Ray's own program `ray` as a module: programs of an environment name the folder that it was made in, and this one was moved. */
const ray = ['-m', 'ray.scripts.scripts'];

/** Starts it with the Python that ATTUNE_CLUSTER_PYTHON names. */
export async function startRayCluster(): Promise<RayCluster> {
  const python = process.env['ATTUNE_CLUSTER_PYTHON'];
  if (python === undefined) throw new Error('ATTUNE_CLUSTER_PYTHON names no Python with Ray');
  const bin = dirname(python);
  // Sockets of Ray lie below it, and their paths may not be long.
  const temporary = mkdtempSync('/tmp/ray-');
  const [gcs, dashboard, ...agents] = await freePorts(6);
  const address = `http://127.0.0.1:${dashboard}`;
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH']}`,
    // Where the home of whoever runs this holds a token (~/.ray/auth_token), Ray would ask for it.
    RAY_AUTH_MODE: 'disabled',
    RAY_DEDUP_LOGS: '0',
    RAY_USAGE_STATS_ENABLED: '0',
    // A node is given up after half a minute: less takes a busy machine for a dead one.
    RAY_health_check_period_ms: '1000',
    RAY_health_check_failure_threshold: '30',
    HF_HUB_OFFLINE: '1',
    OMP_NUM_THREADS: '1',
  };
  const common = ['--num-cpus=2', '--object-store-memory=100000000', '--block'];
  const nodes: ChildProcess[] = [];
  const start = (args: readonly string[]): void => {
    nodes.push(
      spawn(python, [...ray, 'start', ...args, ...common], { env, stdio: 'ignore', detached: true }),
    );
  };
  const stop = (): void => {
    for (const node of nodes.toReversed()) killTree(node.pid!);
    rmSync(temporary, { recursive: true, force: true });
  };
  const aliveNodes = (): Promise<number> => countNodes(address);
  try {
    // Addresses of loopback that Ray does not take for this machine's name, which it would replace.
    start([
      ...['--head', '--node-ip-address=127.0.0.2', `--port=${gcs}`, `--temp-dir=${temporary}`],
      ...['--dashboard-host=127.0.0.1', `--dashboard-port=${dashboard}`],
      ...[`--dashboard-agent-listen-port=${agents[0]}`, `--metrics-export-port=${agents[1]}`],
    ]);
    await until(async () => (await aliveNodes()) === 1, 'the head node');
    start([
      ...[`--address=127.0.0.2:${gcs}`, '--node-ip-address=127.0.0.3'],
      ...[`--dashboard-agent-listen-port=${agents[2]}`, `--metrics-export-port=${agents[3]}`],
    ]);
    await until(async () => (await aliveNodes()) === 2, 'the second node');
  } catch (error) {
    // Nobody else knows of what has started by now.
    stop();
    throw error;
  }
  return { address, aliveNodes, killSecondNode: () => killTree(nodes[1]!.pid!), stop };
}

async function countNodes(address: string): Promise<number> {
  try {
    const response = await fetch(`${address}/nodes?view=summary`);
    const json = (await response.json()) as { data: { summary: { raylet: { state?: string } }[] } };
    return json.data.summary.filter(({ raylet }) => raylet.state === 'ALIVE').length;
  } catch {
    return 0;
  }
}

/** Waits for something, two minutes at most. */
export async function until(isSo: () => Promise<boolean>, what: string, seconds = 120): Promise<void> {
  const endMs = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error(`${what} did not come within ${seconds} s`);
    await wait(1000);
  }
}

/** Kills a process and all that it started, whatever groups they are in. */
function killTree(pid: number): void {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    pairs.flatMap(([child, of]) => (of === parent ? [child, ...below(child)] : []));
  for (const one of [pid, ...below(pid)]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening()));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listening() {
  const server = createServer();
  return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
