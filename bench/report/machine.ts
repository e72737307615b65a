import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** What a measurement was made on. */
export interface Machine {
  readonly cpu: string;
  /** How many threads it runs at once. */
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Releases of what was measured, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** This machine, with the releases of what is measured on it. */
export function describeMachine(versions: Machine['versions']): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    versions,
  };
}

/** The machine in two lines. */
export function machineText({ cpu, cores, memoryGb, system, node, versions }: Machine): string {
  const releases = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [`${cpu}, ${cores} cores, ${memoryGb} GB, ${system}`, [`Node ${node}`, ...releases].join(', ')].join(
    '\n',
  );
}
