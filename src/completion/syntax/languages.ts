import { extname } from 'node:path';

/** VS Code's language ids by file extension, for the languages people write by hand. */
const languageIds: Readonly<Record<string, string>> = {
  '.bash': 'shellscript',
  '.c': 'c',
  '.cc': 'cpp',
  '.cjs': 'javascript',
  '.clj': 'clojure',
  '.cpp': 'cpp',
  '.cs': 'csharp',
  '.css': 'css',
  '.cts': 'typescript',
  '.cxx': 'cpp',
  '.dart': 'dart',
  '.ex': 'elixir',
  '.exs': 'elixir',
  '.fs': 'fsharp',
  '.go': 'go',
  '.groovy': 'groovy',
  '.h': 'c',
  '.hh': 'cpp',
  '.hpp': 'cpp',
  '.hs': 'haskell',
  '.html': 'html',
  '.hxx': 'cpp',
  '.java': 'java',
  '.jl': 'julia',
  '.js': 'javascript',
  '.jsx': 'javascriptreact',
  '.kt': 'kotlin',
  '.kts': 'kotlin',
  '.less': 'less',
  '.lua': 'lua',
  '.m': 'objective-c',
  '.mjs': 'javascript',
  '.mm': 'objective-cpp',
  '.mts': 'typescript',
  '.php': 'php',
  '.pl': 'perl',
  '.pm': 'perl',
  '.proto': 'proto3',
  '.ps1': 'powershell',
  '.py': 'python',
  '.pyi': 'python',
  '.r': 'r',
  '.rb': 'ruby',
  '.rs': 'rust',
  '.scala': 'scala',
  '.scss': 'scss',
  '.sh': 'shellscript',
  '.sql': 'sql',
  '.svelte': 'svelte',
  '.swift': 'swift',
  '.tf': 'terraform',
  '.ts': 'typescript',
  '.tsx': 'typescriptreact',
  '.vue': 'vue',
  '.zig': 'zig',
  '.zsh': 'shellscript',
};

/** The ends of file names of those languages. */
export const sourceExtensions: readonly string[] = Object.keys(languageIds);

/** VS Code's id of the language that a file is written in; undefined when it is none that people write by hand. */
export function languageIdOf(path: string): string | undefined {
  return languageIds[extname(path).toLowerCase()];
}
