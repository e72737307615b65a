import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyData } from './tinyData.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

/** Runs the command line in a process of its own and gives how that ended. */
async function run(
  args: readonly string[],
  onError: (text: string, interrupt: () => void) => void = () => undefined,
) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [out, told]: string[][] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out!.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told!.push(text);
    onError(text, () => child.kill('SIGINT'));
  });
  const ended = await new Promise<readonly [number | null, string | null]>((resolve) =>
    child.once('close', (code, signal) => resolve([code, signal])),
  );
  return { ended, out: out!.join(''), told: told!.join('') };
}

describe('the command line as a process', () => {
  it('prints results on standard output and ends with 0', async () => {
    const { ended, out, told } = await run(['models']);
    expect(ended).toEqual([0, null]);
    expect(out).toMatch(/^ {2}qwen2\.5-coder-0\.5b /);
    expect(told).toBe('');
  });

  it('says in one line on standard error what the user did wrong, and ends with 1', async () => {
    const { ended, out, told } = await run(['adapters', '--data', '/none']);
    expect(ended).toEqual([1, null]);
    expect(out).toBe('');
    expect(told).toBe('There is no folder /none. Check how it is written.\n');
  });

  it.each([
    { args: ['adapters', '--data', '/none'], code: 1, reason: 'missingFolder' },
    { args: ['complete', 'nowhere'], code: 2, reason: 'badCursor' },
    { args: ['retrain', '--what'], code: 2, reason: 'misused' },
  ])(
    'says it as one JSON value on standard output where that is wanted: $reason',
    async ({ args, code, reason }) => {
      const { ended, out, told } = await run([...args, '--json']);
      expect(ended).toEqual([code, null]);
      expect(JSON.parse(out)).toEqual({ error: { reason, message: expect.any(String) as string } });
      expect(told).not.toBe('');
    },
  );

  it.skipIf(!existsSync('/dev/full'))('says that its result found no room, and ends with 1', () => {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const { status, stderr } = spawnSync(process.execPath, [main, 'models'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^ENOSPC: .*\n$/)]);
  });

  describe.skipIf(!existsSync('/dev/stdout'))('at standard output and standard input', () => {
    const shell = (script: string, ...args: readonly string[]) =>
      spawnSync('sh', ['-c', script, process.execPath, main, ...args], { encoding: 'utf8' });

    it.each(['/dev/stdout', '-'])('says beside an export to %s how much it was', async (file) => {
      const { data } = await tinyData();
      const { stdout, stderr } = shell('"$0" "$@" | cat', 'feedback', 'export', file, '--data', data);
      const rows = stdout.trimEnd().split('\n');
      expect(rows.filter((row) => !row.startsWith('{'))).toEqual([]);
      expect(stderr).toBe(`${rows.length} records were written to /dev/stdout.\n`);
    });

    it('imports what is exported by another at once', async () => {
      const { data } = await tinyData();
      const script =
        '"$0" "$1" feedback export - --data "$2" | "$0" "$1" feedback import - --data "$3" --json';
      const { stdout } = shell(script, data, temporaryFolder());
      expect(JSON.parse(stdout)).toMatchObject({ refused: 0, known: 0 });
      expect((JSON.parse(stdout) as { added: number }).added).toBeGreaterThan(0);
    });

    it('ends quietly where nobody reads on', async () => {
      const { data } = await tinyData();
      const { stderr } = shell('"$0" "$@" | true', 'feedback', 'export', '-', '--data', data);
      expect(stderr).not.toContain('EPIPE');
    });
  });

  it('confirms nothing without somebody to ask', async () => {
    const { data } = await tinyData();
    const { ended, told } = await run(['feedback', 'forget', '--everything', '--data', data]);
    expect(ended).toEqual([1, null]);
    expect(told).toMatch(/^This cannot be undone, .* Say --yes if you mean it\.\n$/);
  });

  it.skipIf(process.platform === 'win32')(
    'ends cleanly at the first Ctrl+C and goes on afterwards',
    async () => {
      const { retrain } = await tinyData();
      const interrupted = await run(retrain, (text, interrupt) => {
        // Who reads late reads the lines of several stages as one text.
        if (/^reward/m.test(text)) interrupt();
      });
      expect(interrupted.ended).toEqual([130, null]);
      expect(interrupted.told).toMatch(/\nCancelled\. The same command goes on from the checkpoint, .*\n$/);
      const rest = await run(retrain);
      expect(rest.ended).toEqual([0, null]);
      expect(rest.told).not.toContain('sft:');
      expect(rest.out).toMatch(/^The adapter is /m);
    },
  );
});
