import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import * as z from 'zod';
import { makeFolderAtomically } from '../../engine/files.ts';
import { sentence } from '../../sentences/sentence.ts';
import type { StageReport } from '../../trainer/adapters/manifest.ts';
import { adapterFiles } from '../../trainer/adapters/peftFolder.ts';
import { stagesOf } from './clusterStages.ts';
import { damagedResult } from '../errors.ts';

/*
 * What a job of cluster/attune_cluster says in its log: how far it is, and in the end the adapter itself,
 * so that nothing but the dashboard has to be reachable.
 */

const progressMark = 'ATTUNE-PROGRESS ';
const storageMark = 'ATTUNE-STORAGE ';
const endMark = 'ATTUNE-STAGE-END ';
const fileMark = 'ATTUNE-FILE ';

/** As cluster/attune_cluster/progress.py prints it. */
export const progressSchema = z.object({
  stage: z.string(),
  step: z.number(),
  totalSteps: z.number(),
  numbers: z.record(z.string(), z.number()),
  /** When it was told, in seconds of the cluster's clock. Absent in logs of older programs. */
  atSeconds: z.number().optional(),
});

/** One step of a job. */
export type ClusterProgress = z.infer<typeof progressSchema>;

/** As cluster/attune_cluster/progress.py prints it. */
const stageEndSchema = z.object({
  stage: z.string(),
  /** Numbers that no step has. */
  metrics: z.record(z.string(), z.number()),
  /** Why it ended early, or did not run; absent where it ran to its end. */
  stopReason: z.string().optional(),
});

/** How a stage of a job ended. */
export type StageEnd = z.infer<typeof stageEndSchema>;

const fileLineSchema = z.union([
  z.object({ name: z.string(), part: z.base64() }),
  z.object({ name: z.string(), bytes: z.number(), sha256: z.string() }),
]);

/** All steps that a log tells of, in their order. Ray puts the name of a worker before what it prints. */
export function progressIn(log: string): ClusterProgress[] {
  return marked(log, progressMark).flatMap((json) => progressSchema.safeParse(json).data ?? []);
}

const storageSchema = z.object({ folder: z.string() });

/** Where a job keeps its rows and checkpoints on the cluster; undefined where it has not begun, or is of an older program. */
export function storageIn(log: string): string | undefined {
  return marked(log, storageMark)
    .flatMap((json) => storageSchema.safeParse(json).data?.folder ?? [])
    .at(-1);
}

/** What the stages of a job told so far, as a learning report draws it. */
export function stagesIn(log: string): StageReport[] {
  return stagesOf(progressIn(log), stageEndsIn(log));
}

function stageEndsIn(log: string): StageEnd[] {
  return marked(log, endMark).flatMap((json) => stageEndSchema.safeParse(json).data ?? []);
}

/**
 * Writes the files that a log holds to a new folder, and beside them what its stages told. Throws ProcessError 'damagedResult' where there are
 * none, one is not whole, or one's name leads out of the folder.
 */
export async function writeLoggedFiles(log: string, folder: string): Promise<void> {
  const files = filesIn(log);
  if (files.size === 0) throw damagedResult(sentence`it has no files`);
  await makeFolderAtomically(folder, async (temporary) => {
    for (const [name, content] of files) {
      const path = join(temporary, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    await writeFile(join(temporary, adapterFiles.stages), JSON.stringify(stagesIn(log)));
  });
}

function filesIn(log: string): Map<string, Buffer> {
  const parts = new Map<string, Buffer[]>();
  const whole = new Map<string, Buffer>();
  for (const json of marked(log, fileMark)) {
    const line = fileLineSchema.safeParse(json).data;
    if (line === undefined) throw damagedResult(sentence`a line of a file cannot be read`);
    requireInside(line.name);
    const before = parts.get(line.name) ?? [];
    if ('part' in line) parts.set(line.name, [...before, Buffer.from(line.part, 'base64')]);
    else whole.set(line.name, requireWhole(line, Buffer.concat(before)));
  }
  const broken = [...parts.keys()].find((name) => !whole.has(name));
  if (broken !== undefined) throw damagedResult(sentence`${broken} has no end`);
  return whole;
}

function requireInside(name: string): void {
  const path = normalize(name);
  const isInside = path !== '' && !path.startsWith('..') && !/^(?:[/\\]|[A-Za-z]:)/.test(path);
  if (!isInside) throw damagedResult(sentence`${name} is no name of a file in it`);
}

function requireWhole(
  { name, bytes, sha256 }: { readonly name: string; readonly bytes: number; readonly sha256: string },
  content: Buffer,
): Buffer {
  const found = createHash('sha256').update(content).digest('hex');
  if (content.length !== bytes || found !== sha256)
    throw damagedResult(sentence`${name} has ${content.length} bytes of ${bytes}, or others than were sent`);
  return content;
}

function marked(log: string, mark: string): unknown[] {
  return log.split('\n').flatMap((line) => {
    const at = line.indexOf(mark);
    if (at === -1) return [];
    try {
      return [JSON.parse(line.slice(at + mark.length).trim()) as unknown];
    } catch {
      return [undefined];
    }
  });
}
