import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import ignore from 'ignore';
import { isAttuneIgnored, isGitIgnored, pathInside } from './gitIgnore.ts';

/** What the user lets Attune keep. */
export interface StorageRules {
  /** Files whose text is never kept: patterns in the syntax of `.gitignore`, relative to a workspace folder. */
  readonly excludedPatterns: readonly string[];
  /** Absolute paths. */
  readonly workspaceFolders: readonly string[];
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
  '.ssh/',
  '.gnupg/',
  '.aws/',
  '.kube/',
  '.docker/config.json',
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

/**
 * Why nothing that was written in a document may be kept; undefined when it may.
 *
 * Kept is what stands in files on disk, in notebooks, and in documents without a name yet. All other
 * schemes show something else: settings, output, the old side of a comparison.
 */
export async function whyDocumentNotStorable(
  documentUri: string,
  rules: StorageRules,
): Promise<NotStorableReason | undefined> {
  if (documentUri.startsWith('untitled:')) return undefined;
  const path = pathOf(documentUri);
  if (path === undefined) return 'foreignDocument';
  const inside = pathInWorkspace(path, rules.workspaceFolders);
  if (secretFiles.ignores(inside)) return 'secretFile';
  if (ignore().add(rules.excludedPatterns).ignores(inside)) return 'excludedByUser';
  if (await isAttuneIgnored(path)) return 'excludedByUser';
  return (await isGitIgnored(path)) ? 'gitIgnored' : undefined;
}

/** `wsl+Ubuntu`, `host:8000`: the machine that a remote window names in the URI of a cell, not in that of a file. */
const cellOnRemote = /^vscode-notebook-cell:\/\/[^/]*(?:%2B|%3A|[+:])[^/]*/i;

/** The path of a file, or of the notebook a cell is in. */
function pathOf(documentUri: string): string | undefined {
  const asFile = documentUri
    .replace(cellOnRemote, 'vscode-notebook-cell:')
    .replace(/^vscode-notebook-cell:(.*?)(#.*)?$/, 'file:$1');
  return asFile.startsWith('file:') ? fileURLToPath(asFile) : undefined;
}

/** The path below the innermost workspace folder that holds it, or its name where none does. */
function pathInWorkspace(path: string, workspaceFolders: readonly string[]): string {
  const inside = workspaceFolders
    .map((folder) => pathInside(folder, path))
    .filter((part) => part !== undefined);
  return inside.toSorted((a, b) => a.length - b.length)[0] ?? basename(path);
}
