import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { VirtualClock } from '../../completion/virtualClock.ts';
import { developerWorld, replayStartMs, type WorldParts } from './developerWorld.ts';
import { ReplayedDeveloper, type Asking, type JudgedAnswer, type ReplayTally } from './replayedDeveloper.ts';
import { ReplayEditor } from './replayEditor.ts';
import { ReplayedProject, type ReplayedFile } from './replayedProject.ts';
import type { TypedDocument } from './typedWork.ts';

/** Work that a policy is judged by. */
export interface JudgedWork extends Pick<WorldParts, 'policy' | 'limits' | 'minChance' | 'signal'> {
  /** The project's folder; the documents' paths are relative to it. */
  readonly folder: string;
  readonly documents: readonly TypedDocument[];
  /** The project's files as they stand before; absent: prompts show nothing of other files. */
  readonly projectFiles?: readonly ReplayedFile[] | undefined;
  readonly asking: Asking;
  readonly seed: number;
  /** Called with every answer, in order. */
  readonly onJudged: (answer: JudgedAnswer) => void;
}

/**
 * Asks a policy while its developer's work is written by hand, and judges every answer by what was
 * written. Nothing is taken, so all policies are asked at the same places with the same prompts:
 * with the same work and seed their answers can be compared one by one. Nothing is stored.
 */
export async function judgeWork({
  folder,
  documents,
  projectFiles,
  asking,
  seed,
  ...parts
}: JudgedWork): Promise<ReplayTally> {
  const clock = new VirtualClock(replayStartMs);
  let idCount = 0;
  const project = projectFiles && new ReplayedProject(folder, parts.limits.maxPromptTokens, projectFiles);
  const world = developerWorld({
    ...parts,
    ...{ clock, project },
    newId: (kind) => `${kind}-${(idCount += 1)}`,
    addRanking: () => undefined,
    onAsked: () => undefined,
  });
  const habits = { seed, asking, rankEvery: 0, correctedShare: 0, takesCompletions: false };
  const developer = new ReplayedDeveloper(habits, world);
  for (const { path, languageId, before, ...document } of documents) {
    const opened = { documentUri: pathToFileURL(join(folder, path)).href, languageId, text: before };
    const editor = new ReplayEditor(opened, clock, []);
    project?.open(editor);
    await developer.write(document, editor);
    project?.save(editor);
  }
  return developer.tally;
}
