import { basename, parse } from 'node:path';
import ignore from 'ignore';
import { fileOf } from '../files/fileOf.ts';
import { pathElsewhere, pathHere } from '../files/filePath.ts';
import { isAttuneIgnored, isGitIgnored, pathInside } from '../files/gitIgnore.ts';

/** What the user lets Attune keep. */
export interface StorageRules {
  /** Files whose text is never kept: patterns in the syntax of `.gitignore`, relative to a workspace folder. */
  readonly excludedPatterns: readonly string[];
  /** Absolute paths. */
  readonly workspaceFolders: readonly string[];
  /** What is left out of single folders besides; absent: nothing. */
  readonly excludedIn?: readonly FolderExclusions[] | undefined;
}

/** Files of one folder whose text is never kept. */
export interface FolderExclusions {
  /** Its absolute path. */
  readonly folder: string;
  /** Relative to it. */
  readonly patterns: readonly string[];
}

/** Why something the user wrote is not kept. */
export type NotStorableReason =
  'foreignDocument' | 'secretFile' | 'excludedByUser' | 'gitIgnored' | 'secretInText';

/** Files that hold keys or passwords by their nature; Continue and Zed leave such files out too. */
const secretFiles = ignore().add([
  '.env*',
  '*.env',
  ...['pem', 'key', 'p8', 'p12', 'pfx', 'jks', 'keystore', 'kdbx', 'asc', 'gpg', 'ppk'].map(
    (end) => `*.${end}`,
  ),
  'id_rsa*',
  'id_dsa*',
  'id_ecdsa*',
  'id_ed25519*',
  'kubeconfig*',
  '.npmrc',
  '.pypirc',
  '.netrc',
  '_netrc',
  '.pgpass',
  '.htpasswd',
  '.git-credentials',
  'credentials',
  'credentials.*',
  'secrets',
  'secrets.*',
  '*.secret',
  '*.secrets',
  '*.tfvars',
  '*.tfstate*',
]);

/** Such files that are known by the folder they lie in, wherever a workspace begins. */
const secretPlaces = ignore().add(['.ssh/', '.gnupg/', '.aws/', '.kube/', '**/.docker/config.json']);

/**
 * Why nothing that was written in a document may be kept; undefined when it may.
 *
 * Kept is what stands in files on disk or to be, in notebooks, and in documents without a name yet. All other
 * schemes show something else: settings, output, the old side of a comparison.
 */
export async function whyDocumentNotStorable(
  documentUri: string,
  rules: StorageRules,
): Promise<NotStorableReason | undefined> {
  const file = fileOf(documentUri);
  if (file.startsWith('untitled:')) return undefined;
  if (!file.startsWith('file:')) return 'foreignDocument';
  const path = pathHere(file);
  if (path === undefined) return whyNotStorableElsewhere(pathElsewhere(file), rules);
  const inside = pathInWorkspace(path, rules.workspaceFolders);
  const fromRoot = pathInside(parse(path).root, path);
  if (fromRoot === undefined) return 'foreignDocument';
  if (isSecretFile(fromRoot, inside)) return 'secretFile';
  if (isExcluded(inside ?? basename(path), rules.excludedPatterns)) return 'excludedByUser';
  if (isExcludedInFolder(path, rules)) return 'excludedByUser';
  if (await isAttuneIgnored(path)) return 'excludedByUser';
  return (await isGitIgnored(path)) ? 'gitIgnored' : undefined;
}

/**
 * The same of a file of another system, as a record names one that was exported there. What lies beside it cannot be
 * asked, and nothing says where its project begins: the user's patterns count from its root.
 */
function whyNotStorableElsewhere(
  fromRoot: string | undefined,
  rules: StorageRules,
): NotStorableReason | undefined {
  if (fromRoot === undefined || !ignore.isPathValid(fromRoot)) return 'foreignDocument';
  if (isSecretFile(fromRoot, undefined)) return 'secretFile';
  return isExcluded(fromRoot, rules.excludedPatterns) ? 'excludedByUser' : undefined;
}

function isExcluded(path: string, patterns: readonly string[]): boolean {
  return ignore().add(patterns).ignores(path);
}

function isExcludedInFolder(path: string, { excludedIn = [] }: StorageRules): boolean {
  return excludedIn.some(({ folder, patterns }) => {
    const inside = pathInside(folder, path);
    return inside !== undefined && isExcluded(inside, patterns);
  });
}

/** Outside of the workspace nothing says where a project begins: the names of all folders count there. */
function isSecretFile(fromRoot: string, inside: string | undefined): boolean {
  return secretPlaces.ignores(fromRoot) || secretFiles.ignores(inside ?? fromRoot);
}

/** The path below the innermost workspace folder that holds it; undefined where none does. */
function pathInWorkspace(path: string, workspaceFolders: readonly string[]): string | undefined {
  const inside = workspaceFolders
    .map((folder) => pathInside(folder, path))
    .filter((part) => part !== undefined);
  return inside.toSorted((a, b) => a.length - b.length)[0];
}
