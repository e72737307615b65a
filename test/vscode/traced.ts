import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether system calls can be traced here: Linux with strace, for whoever may trace. */
export const canTrace =
  process.platform === 'linux' && spawnSync('strace', ['-e', 'trace=connect', 'true']).status === 0;

/** The program that traces what it starts, with everything that starts: every attempt to reach somebody, and whose it is. */
export function tracer(file: string): readonly string[] {
  const calls = 'trace=connect,sendto,sendmsg,execve,clone,clone3,fork,vfork';
  return ['strace', '-f', '--seccomp-bpf', '-qq', '-s', '160', '-e', calls, '-e', 'signal=none', '-o', file];
}

/** An attempt to reach somebody. */
export interface Attempt {
  /** The arguments of the program, as far as they tell which it is; 'unknown' for a thread whose start was not seen. */
  readonly program: string;
  /** 'unix', or an address of the internet. */
  readonly address: string;
}

const call = /^(\d+)\s+(connect|sendto|sendmsg|execve)\((.*)$/;
const birth = /^(\d+)\s+(?:<\.\.\. )?(?:clone3?|v?fork)\b.*= (\d+)$/;

/** Every attempt in a trace, also those that failed. */
export function attemptsIn(file: string): Attempt[] {
  const programs = new Map<string, string>();
  const attempts: Attempt[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, parent, child] = birth.exec(line) ?? [];
    if (parent !== undefined && child !== undefined && !programs.has(child))
      programs.set(child, programs.get(parent) ?? 'unknown');
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
