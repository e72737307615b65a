import type { Command } from 'commander';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { makeProgram } from '../../src/cli/program.ts';
import { processTerminal } from '../../src/cli/terminal.ts';
import { commandTitles } from '../../src/editor/commands.ts';
import { settingTable } from '../../src/editor/settings/settings.ts';
import { dataPathsIn } from '../../src/process/dataFolder.ts';

/*
 * What people read names only what there is: headings and files that it links to, settings, commands with their
 * options, scripts, folders, libraries.
 */

const projectFolder = join(import.meta.dirname, '..', '..');
const pages = filesAt(['*.md', 'docs/*.md', 'media/walkthrough/*.md']).filter(
  (path) => path !== 'THIRD-PARTY-NOTICES.md',
);
const files = filesAt(['**'], ['node_modules', 'dist', 'artifacts', '.git']);
const { scripts, dependencies, devDependencies } = z
  .object({
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(read('package.json')));
const program = makeProgram(processTerminal(new AbortController().signal));

function filesAt(patterns: readonly string[], exclude: readonly string[] = []): string[] {
  const isExcluded = (name: string): boolean => exclude.includes(name);
  return globSync(patterns, { cwd: projectFolder, exclude: isExcluded }).map(withSlashes);
}

function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

function read(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8');
}

/** The first group of each match. */
function allOf(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), ([, found]) => found!);
}

const codeBlock = /^```.*\n([\s\S]*?)^```/gm;

/** What stands in backticks, and the lines of the blocks of code, a command in each. */
function codeIn(text: string): string[] {
  const lines = allOf(text, codeBlock).flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'));
  return [...lines, ...allOf(text.replaceAll(codeBlock, ''), /`([^`]+)`/g)];
}

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: string): string[] {
  const headings = allOf(read(page).replaceAll(codeBlock, ''), /^#+ (.+)$/gm);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path, anchor] = link.split('#') as [string, string | undefined];
  const target = path === '' ? page : withSlashes(normalize(join(dirname(page), path)));
  if (!existsSync(join(projectFolder, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

/** Whether a file of the checkout ends with a path, in which `*` stands for a part of a name. */
function isFile(path: string): boolean {
  const pattern = path.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*');
  const ending = new RegExp(`(?:^|/)${pattern}$`);
  return files.some((file) => ending.test(file));
}

function optionsOf({ options }: Command): string[] {
  return ['--help', ...options.flatMap(({ long }) => long ?? [])];
}

/** What there is not of a line such as `attune adapters list --data DIR # shows them`: its command, or options of it. */
function unknownIn(line: string): string[] {
  const words = line.replace(/ #.*/, '').split(/\s+/).slice(1);
  let command = program;
  for (const word of words) {
    if (command.commands.length === 0 || word.startsWith('-')) break;
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) return [line];
    command = next;
  }
  const known = optionsOf(command);
  return words.filter((word) => word.startsWith('--') && !known.includes(word));
}

/** Options of other programs than ours. */
const foreignOptions = ['--lora', '--generate'];
const commandsBelow = ({ commands }: Command): Command[] => [...commands, ...commands.flatMap(commandsBelow)];
const attuneOptions = [program, ...commandsBelow(program)].flatMap(optionsOf);
const programs = filesAt(['bench/**/*.ts', 'scripts/**/*.mjs']).map(read);

function isOption(name: string): boolean {
  const written = new RegExp(`['"]${name}(?: <\\w+>)?['"]`);
  return [...attuneOptions, ...foreignOptions].includes(name) || programs.some((text) => written.test(text));
}

describe.each(pages)('%s', (page) => {
  const text = read(page);
  const code = codeIn(text);
  const inCode = (pattern: RegExp): string[] => code.flatMap((each) => allOf(each, pattern));

  it('links to files and headings that there are', () => {
    const links = allOf(text, /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/.test(link));
    expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  it('names settings that there are', () => {
    // The last is what `collect` was called, which the changelog tells.
    const known = [...Object.keys(settingTable), 'store.enabled'];
    const named = inCode(/(?<![\w./])attune\.([a-zA-Z.]*[a-zA-Z])/g);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('calls commands of the editor by their titles', () => {
    const titles: readonly string[] = Object.values(commandTitles);
    const named = inCode(/^Attune: (.+)/g);
    expect(named.filter((title) => !titles.includes(title))).toEqual([]);
  });

  it('names scripts of npm and benchmarks that there are', () => {
    expect(inCode(/npm run ([a-z0-9:]+)/g).filter((name) => !(name in scripts))).toEqual([]);
    const benchmarks = inCode(/npm run bench ([a-z]+)/g);
    expect(benchmarks.filter((name) => !isFile(`bench/${name}.bench.ts`))).toEqual([]);
  });

  it('names commands of attune and options that there are', () => {
    const lines = code.map((each) => each.replace(/^npm run (?:attune|(demo)) --/, 'attune $1'));
    expect(lines.filter((line) => line.startsWith('attune ')).flatMap(unknownIn)).toEqual([]);
    expect(inCode(/^(--[a-z-]+)/g).filter((name) => !isOption(name))).toEqual([]);
  });

  it('names files of the checkout that there are', () => {
    const named = inCode(/^([\w./*-]+\.(?:ts|mjs|py|md))$/g);
    expect(named.filter((path) => !isFile(path))).toEqual([]);
  });
});

it('README.md lists all that is kept in the data folder', () => {
  const [, section] = read('README.md').split('## What is stored, where, and how to erase it');
  const names = Object.values(dataPathsIn('')).map((path) => `\`${path}`);
  expect(names.filter((name) => !section!.includes(name))).toEqual([]);
});

describe('ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md');

  it('says of every room, and every folder in one, what it is for', () => {
    const [, tree] = /^src\/\n([\s\S]*?)^media\//m.exec(text)!;
    let room = '';
    const told = Array.from(tree!.matchAll(/^( +)(\w+)\/ +\S/gm), ([, indent, name]) => {
      if (indent === '  ') room = name!;
      return indent === '  ' ? name! : `${room}/${name}`;
    });
    const folders = files.flatMap((path) => {
      const [, first, second] = /^src\/(\w+)\/(?:(\w+)\/)?/.exec(path) ?? [];
      return first === undefined ? [] : second === undefined ? [first] : [`${first}/${second}`];
    });
    // One line for the command line with its one folder.
    const there = new Set(folders.filter((name) => name !== 'cli/replay'));
    expect(told.sort()).toEqual([...there].sort());
  });

  it('says of each library why it is there', () => {
    const [, table] = /^## Libraries, and why\n([\s\S]*?)^Packages/m.exec(text)!;
    const told = allOf(table!, /^\| ([^|]+?) +\|/gm).flatMap((cell) => cell.split(/, | and /));
    // "@secretlint/core and its recommended rules".
    const names = Object.keys(dependencies).filter((name) => !name.startsWith('@secretlint/secretlint-rule'));
    expect(names.filter((name) => !told.includes(name))).toEqual([]);
    const [, development] = text.split('\nDevelopment: ');
    const words = development!.toLowerCase().split(/[\s,]+/);
    const isTold = (name: string): boolean => name.startsWith('@types/') || words.includes(name);
    expect(Object.keys(devDependencies).filter((name) => !isTold(name))).toEqual([]);
  });
});
