import * as vscode from 'vscode';
import type { Adapters } from '../process/adapters.ts';
import type { Notices } from './notices.ts';
import { retrainReport, type KnownRetraining } from './retrainReport.ts';
import { webviewHtml } from './webviewHtml.ts';

/** Shows a retraining in an editor tab of its own. */
export function showRetrainReport(retraining: KnownRetraining, extensionUri: vscode.Uri): void {
  const media = vscode.Uri.joinPath(extensionUri, 'media');
  const title = 'Attune: Retraining';
  const panel = vscode.window.createWebviewPanel('attune.retraining', title, vscode.ViewColumn.Active, {
    localResourceRoots: [media],
    enableFindWidget: true,
  });
  const style = panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'retrainReport.css'));
  panel.webview.html = webviewHtml({
    title,
    cspSource: panel.webview.cspSource,
    styleUris: [style.toString()],
    body: retrainReport(retraining),
  });
}

/** The newest retraining whose adapter is kept; undefined before the first. */
export async function newestRetraining(adapters: Adapters): Promise<KnownRetraining | undefined> {
  const manifests = (await adapters.list()).flatMap((entry) =>
    entry.kind === 'adapter' ? [entry.manifest] : [],
  );
  const newest = manifests.toSorted((a, b) => a.finishedAtMs - b.finishedAtMs).at(-1);
  return newest && { manifest: newest };
}

/** The command 'Show Last Retraining'. */
export function showLastRetraining(
  retraining: KnownRetraining | undefined,
  extensionUri: vscode.Uri,
  notices: Notices,
): void {
  if (retraining === undefined) notices.tell('info', 'Nothing was retrained yet.');
  else showRetrainReport(retraining, extensionUri);
}
