import { resolve } from 'node:path';
import { ProjectTexts } from '../../src/editor/typing/projectTexts.ts';
import { readProjectFiles } from '../../src/feedback/files/projectFiles.ts';

/** This repository, whose files are typed. */
export const repositoryFolder = resolve(import.meta.dirname, '../..');

/** Where the repository stands for whoever types in it: nowhere on this disk. */
const workspaceUri = 'file:///bench/';

/** @param path relative to the repository. */
export function documentUriOf(path: string): string {
  return workspaceUri + path;
}

/** The path of a document relative to the repository. */
export function pathOf(documentUri: string): string {
  return documentUri.slice(workspaceUri.length);
}

/** The files of the repository, read as a window reads those of its folders. */
export async function readProject(): Promise<ProjectTexts> {
  const project = new ProjectTexts({
    readFiles: async () => {
      const files = await readProjectFiles(repositoryFolder, { mayAskGit: true });
      return files.map(({ path, text }) => ({ documentUri: documentUriOf(path), path, text }));
    },
    // Nothing of it changes while it is measured.
    readFile: () => Promise.resolve(undefined),
    mayShow: () => Promise.resolve(true),
    ...{ onChanged: () => undefined, onForgotten: () => undefined },
    onProblem: (problem) => {
      throw problem;
    },
  });
  // The first question has them read.
  project.relatedAt(() => ({ documentUri: '', path: '', documentText: '', prefix: '', suffix: '' }), 0);
  await project.settled();
  return project;
}
