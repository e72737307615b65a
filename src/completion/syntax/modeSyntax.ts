import { opensBlock, type ModeSyntax } from './completionMode.ts';
import { isAloneByLines } from './openBodyByLines.ts';
import { syntaxOf } from './syntax.ts';

/**
 * What decides the shape of completions in a language: its grammar, or its lines alone where there is none or it
 * cannot be loaded.
 */
export async function modeSyntaxOf(languageId: string): Promise<ModeSyntax> {
  return (await syntaxOf(languageId).catch(() => undefined)) ?? linesSyntax;
}

const linesSyntax: ModeSyntax = {
  isAloneAt: (text, offset) => isAloneByLines(text, offset, opensBlock),
};
