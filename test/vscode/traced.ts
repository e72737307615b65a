import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

/** Whether system calls can be traced here: Linux with strace, for whoever may trace. */
export const canTrace =
  process.platform === 'linux' && spawnSync('strace', ['-e', 'trace=connect', 'true']).status === 0;

/** The program that traces what it starts, with everything that starts: every connection, and which program it is of. */
export function tracer(file: string): readonly string[] {
  return ['strace', '-f', '-qq', '-s', '512', '-e', 'trace=connect,sendto,sendmsg,execve', '-o', file];
}

/** An attempt to reach somebody. */
export interface Attempt {
  /** The program's arguments as far as they tell which it is. */
  readonly program: string;
  /** `unix`, or an address of the internet. */
  readonly address: string;
}

const call = /^(\d+)\s+(connect|sendto|sendmsg|execve)\((.*)$/;

/**
 * Every attempt in a trace, also those that failed. Threads and children that started no program of their
 * own go by the program they were last known by, or else by 'unknown'.
 */
export function attemptsIn(file: string): Attempt[] {
  const programs = new Map<string, string>();
  const attempts: Attempt[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, pid = '', name, args = ''] = call.exec(line) ?? [];
    if (name === 'execve') programs.set(pid, args);
    else if (name !== undefined) attempts.push(...attemptOf(args, programs.get(pid) ?? 'unknown'));
  }
  return attempts;
}

function attemptOf(args: string, program: string): Attempt[] {
  if (args.includes('AF_UNIX')) return [{ program, address: 'unix' }];
  const address = /inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/.exec(args);
  return address === null ? [] : [{ program, address: address[1] ?? address[2]! }];
}
