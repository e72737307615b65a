import * as vscode from 'vscode';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import type { RelatedCode } from '../../completion/completion.ts';
import type { CodeFile } from '../../completion/prompt/relatedCode.ts';
import type { StorageRules } from '../../feedback/storing/storable.ts';
import type { EngineClient } from '../../process/clients.ts';
import type { CurrentSettings } from '../settings/currentSettings.ts';
import { readOpenDocument } from './documentPlace.ts';
import { FileChanges } from './fileChanges.ts';
import { reportOf, type Logger } from '../logger.ts';
import { ProjectTexts } from './projectTexts.ts';
import { readingRulesOf } from '../stored/storageRules.ts';

/** What the code of a window is read by. */
export interface ProjectCodeOptions {
  readonly engine: Pick<EngineClient, 'state'>;
  readonly settings: Pick<CurrentSettings, 'value' | 'at'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** A file that leaves others out, a repository's `info/exclude` too: see `gitIgnore.ts`, which is not loaded for this. */
const ignoreFile = /\/(?:\.(?:git|attune)ignore|info\/exclude)$/;

/** The code of this window's folders, shown to a model that knows such prompts where it is like what is being written. */
export class ProjectCode implements vscode.Disposable {
  readonly #options: ProjectCodeOptions;
  readonly #listening: vscode.Disposable;
  readonly #shownAnew = new vscode.EventEmitter<CodeFile>();
  readonly #forgotten = new vscode.EventEmitter<void>();
  #texts: ProjectTexts;
  /** Absent until the files are first asked for. */
  #following: vscode.Disposable | undefined;

  constructor(options: ProjectCodeOptions) {
    this.#options = options;
    this.#texts = this.#unread();
    this.#listening = vscode.Disposable.from(
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#readAnew()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#readAnew()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('attune.store.excluded')) this.#readAnew();
      }),
    );
  }

  /** Tells which file is shown with another text from now on. */
  readonly onShownAnew = this.#shownAnew.event;

  /** Tells when some of what was shown so far is not to be shown any more: a file is gone, or excluded. */
  readonly onForgotten = this.#forgotten.event;

  /** The code that a prompt at a place shows besides its document; undefined where none is to be shown, or it is not read yet. */
  readonly relatedAt = (place: WantedPlace): RelatedCode | undefined => {
    const { engine, settings } = this.#options;
    if (engine.state.kind !== 'ready' || engine.state.seesProject === undefined) return undefined;
    const uri = vscode.Uri.parse(place.documentUri);
    const { maxPromptTokens } = settings.at({ uri, languageId: place.languageId });
    this.#following ??= this.#follow();
    return this.#texts.relatedAt(() => described(place, uri), maxPromptTokens);
  };

  dispose(): void {
    this.#following?.dispose();
    this.#listening.dispose();
    this.#shownAnew.dispose();
    this.#forgotten.dispose();
  }

  #unread(): ProjectTexts {
    const { settings, log } = this.#options;
    const rules = () => readingRulesOf(settings.value);
    return new ProjectTexts({
      readFiles: () => readFolders(rules()),
      readFile: (documentUri) => readFile(vscode.Uri.parse(documentUri)),
      mayShow: async (file) => {
        const { isStorableFile } = await import('../../feedback/storing/storableFiles.ts');
        return isStorableFile(file, rules());
      },
      onChanged: (file) => this.#shownAnew.fire(file),
      onForgotten: () => this.#forgotten.fire(),
      onProblem: (problem) => log.warn(reportOf(problem)),
    });
  }

  #readAnew(): void {
    this.#texts = this.#unread();
    this.#forgotten.fire();
  }

  #follow(): vscode.Disposable {
    const changes = new FileChanges();
    return vscode.Disposable.from(
      changes,
      changes.onChanged((uri) => this.#changed(uri)),
      changes.onGone((uri) => this.#texts.forget(uri.toString())),
    );
  }

  #changed(uri: vscode.Uri): void {
    // Also above the workspace: it says what of all that is read may be shown.
    if (ignoreFile.test(uri.path)) this.#readAnew();
    else if (uri.scheme === 'file') void this.#texts.follow(uri.toString());
  }
}

function described({ documentUri, prefix, suffix }: WantedPlace, uri: vscode.Uri) {
  const documentText = readOpenDocument(documentUri)?.text ?? '';
  return { documentUri, path: pathOf(uri), documentText, prefix, suffix };
}

/** Of a folder, the newest ones; more have no room in memory anyway. */
const maxFiles = 500;

async function readFolders(rules: StorageRules): Promise<CodeFile[]> {
  const { readStorableFiles } = await import('../../feedback/storing/storableFiles.ts');
  const files: CodeFile[] = [];
  const reading = { maxFiles, mayAskGit: vscode.workspace.isTrusted };
  const folders = vscode.workspace.workspaceFolders ?? [];
  // Folders of other kinds are on no disk of this machine.
  for (const { uri } of folders.filter(({ uri }) => uri.scheme === 'file'))
    for (const { documentUri, text } of await readStorableFiles(uri.fsPath, reading, rules))
      files.push(fileAt(vscode.Uri.parse(documentUri), text));
  return files;
}

async function readFile(uri: vscode.Uri): Promise<CodeFile | undefined> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined) return undefined;
  const open = readOpenDocument(uri.toString());
  if (open !== undefined) return fileAt(uri, open.text.replaceAll('\r\n', '\n'));
  const { readProjectFile } = await import('../../feedback/files/projectFiles.ts');
  const found = await readProjectFile(folder.uri.fsPath, pathOf(uri));
  return found && fileAt(uri, found.text);
}

function fileAt(uri: vscode.Uri, text: string): CodeFile {
  return { documentUri: uri.toString(), path: pathOf(uri), text };
}

function pathOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri, false);
}
