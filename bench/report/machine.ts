import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** What a measurement was made on. */
export interface Machine {
  readonly cpu: string;
  /** How many threads it runs at once. */
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  /** Programs that wanted to run in the minute before the measurement: well below `cores`, or the numbers say little. */
  readonly loadBefore: number;
  readonly node: string;
  /** Releases of what was measured, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** This machine before a measurement, with the releases of what is measured on it. */
export function describeMachine(versions: Machine['versions']): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore: Math.round(loadavg()[0]! * 10) / 10,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    versions,
  };
}

/** Above this share of the cores, what else runs is measured too. */
const busyShare = 0.5;

/** The machine in two lines, and a third where something else keeps it busy. */
export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGb, system, node, versions, loadBefore } = machine;
  const releases = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const warning = `Warning: the machine is busy (load ${loadBefore}); both sides are slowed down, and not alike.`;
  return [
    `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}`,
    [`Node ${node}`, ...releases].join(', '),
    ...(loadBefore > busyShare * cores ? [warning] : []),
  ].join('\n');
}
