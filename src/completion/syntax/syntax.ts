import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Node, Parser as TreeSitterParser } from '@vscode/tree-sitter-wasm';
import { isAloneInBody } from './openBody.ts';
import { isAloneByLines, opensRubyBody } from './openBodyByLines.ts';

/** Tree-sitter's grammar for a language id of VS Code. */
const grammars: Readonly<Record<string, string>> = {
  c: 'cpp',
  cpp: 'cpp',
  csharp: 'c-sharp',
  css: 'css',
  go: 'go',
  java: 'java',
  javascript: 'javascript',
  javascriptreact: 'javascript',
  php: 'php',
  python: 'python',
  ruby: 'ruby',
  rust: 'rust',
  shellscript: 'bash',
  typescript: 'typescript',
  typescriptreact: 'tsx',
};

/** For grammars of languages in which no sign opens a body (`def name` alone does): whether a line does. */
const opensBodyIn: Readonly<Record<string, (line: string) => boolean>> = { ruby: opensRubyBody };

/** What the grammar of a language says about texts in it. */
export interface Syntax {
  /** How many places in a text do not parse: what the parser had to skip, and what it had to add. */
  errorsIn(text: string): number;
  /** The tokens of a text from one offset to another, without comments. Offsets are in UTF-16 code units. */
  tokensIn(text: string, from: number, to: number): string[];
  /**
   * Whether what is written at an offset, on a line with nothing on it, comes first into its body or between
   * its brackets, and alone.
   */
  isAloneAt(text: string, offset: number): boolean;
}

const packageName = '@vscode/tree-sitter-wasm';

const openedGrammar = keepingSuccess(openGrammar);

/**
 * The syntax of a language; undefined where there is no grammar for it. A grammar is loaded once, in some
 * 20 ms. Throws where that fails, and tries again the next time.
 */
export async function syntaxOf(languageId: string): Promise<Syntax | undefined> {
  const grammar = grammars[languageId];
  return grammar === undefined ? undefined : openedGrammar(grammar);
}

/** The same, made once for each key; what could not be made is made anew when it is asked for again. */
export function keepingSuccess<T>(make: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const making = make(key);
    made.set(key, making);
    making.catch(() => made.delete(key));
    return making;
  };
}

async function openGrammar(grammar: string): Promise<Syntax> {
  // A CommonJS package, loaded when it is first needed.
  const require = createRequire(import.meta.url);
  const { Language, Parser } = require(packageName) as typeof import('@vscode/tree-sitter-wasm');
  const folder = dirname(require.resolve(packageName));
  await Parser.init({ locateFile: (file) => join(folder, file) });
  const parser = new Parser();
  parser.setLanguage(await Language.load(join(folder, `tree-sitter-${grammar}.wasm`)));
  return new GrammarSyntax(parser, opensBodyIn[grammar]);
}

class GrammarSyntax implements Syntax {
  readonly #parser: TreeSitterParser;
  /** Absent where tokens open bodies. */
  readonly #opensBody: ((line: string) => boolean) | undefined;

  constructor(parser: TreeSitterParser, opensBody?: (line: string) => boolean) {
    this.#parser = parser;
    this.#opensBody = opensBody;
  }

  errorsIn(text: string): number {
    return this.#read(text, countErrors);
  }

  tokensIn(text: string, from: number, to: number): string[] {
    return this.#read(text, (root) => leavesIn(root, from, to).map((leaf) => leaf.text));
  }

  isAloneAt(text: string, offset: number): boolean {
    return this.#opensBody === undefined
      ? this.#read(text, (root) => isAloneInBody(root, text, offset))
      : isAloneByLines(text, offset, this.#opensBody);
  }

  /** Trees lie in the memory of WebAssembly, which collects nothing by itself. */
  #read<T>(text: string, read: (root: Node) => T): T {
    const tree = this.#parser.parse(text)!;
    try {
      return read(tree.rootNode);
    } finally {
      tree.delete();
    }
  }
}

function countErrors(node: Node): number {
  if (!node.hasError) return 0;
  const own = node.isError || node.isMissing ? 1 : 0;
  return childrenOf(node).reduce((sum, child) => sum + countErrors(child), own);
}

function leavesIn(node: Node, from: number, to: number): Node[] {
  if (node.endIndex <= from || node.startIndex >= to || node.type.includes('comment')) return [];
  if (node.childCount === 0) return [node];
  return childrenOf(node).flatMap((child) => leavesIn(child, from, to));
}

function childrenOf(node: Node): Node[] {
  return node.children.filter((child) => child !== null);
}
