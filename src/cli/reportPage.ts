import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { standalonePage } from '../report/standalonePage.ts';

/** A page of a report in one file. */
export async function reportPage(title: string, body: string): Promise<string> {
  const read = (name: string): Promise<string> => readFile(join(pageFolder(), name), 'utf8');
  const [style, script] = [await read('learningReport.css'), await read('learningReport.js')];
  return standalonePage({ title, body, style, script });
}

/** Where the bundles of the pages lie: beside this program's own, or in dist/ where it runs from source. */
function pageFolder(): string {
  const beside = join(import.meta.dirname, 'webview');
  return existsSync(beside) ? beside : join(import.meta.dirname, '..', '..', 'dist', 'webview');
}
