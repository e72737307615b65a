import { build } from 'esbuild';
import { join } from 'node:path';
import { webviewOptions } from '../../scripts/bundleOptions.mjs';

const projectFolder = join(import.meta.dirname, '..', '..');

/** Bundles the script and the style of learning reports to where `attune report --html` finds them. */
export async function bundleReportPage(): Promise<void> {
  await build({
    ...webviewOptions,
    entryPoints: [join(projectFolder, 'src/editor/webview/learningReport.ts')],
    outfile: join(projectFolder, 'dist/webview/learningReport.js'),
  });
}
