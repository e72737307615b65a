import * as vscode from 'vscode';
import { pageLocale } from './localise.ts';
import { webviewHtml } from './webviewHtml.ts';

/** A page of ours, as VS Code shows it. */
export interface Page {
  /** Of its style sheet and its script in `dist/webview`. */
  readonly name: string;
  readonly title: string;
  /** Already escaped; absent where the script makes all of it. */
  readonly body?: string;
}

/** What every page may do: run its script, and load files of that one folder. */
export function pageOptions(extensionUri: vscode.Uri) {
  return { enableScripts: true, localResourceRoots: [webviewFolder(extensionUri)] };
}

/** Puts a page where VS Code shows it, in its language. */
export function fillPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  { name, title, body = '<main></main>' }: Page,
): void {
  const uriOf = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(webviewFolder(extensionUri), file)).toString();
  webview.html = webviewHtml({
    ...{ locale: pageLocale(), title, body, cspSource: webview.cspSource },
    ...{ styleUri: uriOf(`${name}.css`), scriptUri: uriOf(`${name}.js`) },
  });
}

function webviewFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}
