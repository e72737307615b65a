import tseslint from 'typescript-eslint';

/**
 * Which room may import which, as ARCHITECTURE.md says it: the one table behind the layout.
 * A room may always import from itself.
 */
const mayImport = {
  sentences: [],
  engine: ['sentences'],
  completion: ['sentences', 'engine'],
  feedback: ['sentences', 'engine', 'completion'],
  trainer: ['sentences', 'engine', 'completion', 'feedback'],
  report: ['sentences', 'engine', 'completion', 'feedback', 'trainer'],
  process: ['sentences', 'engine', 'completion', 'feedback', 'trainer'],
  editor: ['sentences', 'completion', 'feedback', 'report', 'process'],
  cli: ['sentences', 'engine', 'completion', 'feedback', 'trainer', 'report', 'process'],
};

/** Whose types it may import besides, and no code: they reach it through the rooms that it may import. */
const mayImportTypesOf = { editor: ['engine', 'trainer'] };

const rooms = Object.keys(mayImport);

const vscodeOnlyInEditor = {
  name: 'vscode',
  message: 'Only editor/ and extension.ts use `vscode`; elsewhere import its types alone.',
  allowTypeImports: true,
};
const onnxOnlyInRuntime = {
  name: 'onnxruntime-node',
  message: 'Only engine/runtime/onnx*Session.ts talk to ONNX Runtime.',
};

function roomRules(room) {
  const forbidden = rooms.filter((other) => other !== room && !mayImport[room].includes(other));
  const patterns = forbidden.map((other) => {
    const allowTypeImports = mayImportTypesOf[room]?.includes(other) ?? false;
    const may = allowTypeImports ? 'may import types alone from' : 'may not import';
    return {
      group: [`**/${other}/**`],
      message: `${room}/ ${may} ${other}/ (the tables in eslint.config.js).`,
      allowTypeImports,
    };
  });
  const paths = room === 'editor' ? [onnxOnlyInRuntime] : [onnxOnlyInRuntime, vscodeOnlyInEditor];
  return {
    files: [`src/${room}/**/*.ts`],
    ignores: ['src/engine/runtime/onnx*Session.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns }] },
  };
}

/** Where code makes a text for people that is not handed to `l10n.t`, as far as the code's form tells. */
const untranslated = [
  // Two words, in a text that is neither translated nor goes to the log.
  ...[
    'Literal[value=/^[^<]*[A-Za-z]{2,} [a-z]{2,}[^<]*$/]',
    'TemplateElement[value.raw=/^[^<]*[A-Za-z]{2,} [a-z]{2,}[^<]*$/]',
  ].map(
    (text) =>
      `${text}:not(CallExpression[callee.property.name=/^(?:t|debug|info|warn|error)$/] *):not(TaggedTemplateExpression[tag.name='sentence'] *)`,
  ),
  // One word, where people read it.
  'Property[key.name=/^(?:title|label|placeholder|placeHolder|prompt|detail|description|message|sentence|textContent|ariaLabel)$/] > Literal[value=/[A-Za-z]{3}/][value!="Attune"]:not(CallExpression[callee.property.name="t"] *)',
  "CallExpression[callee.name='element'] > Literal:not(:first-child)[value=/[A-Za-z]{2}/]",
].map((selector) => ({
  selector,
  message: 'A text that people read goes through `l10n.t` (src/editor/localise.ts).',
}));

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'artifacts/**', 'test/vscode/out/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Typed-array reads in numeric kernels are in range by construction.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  ...rooms.map(roomRules),
  {
    files: ['src/editor/**/*.ts', 'src/report/**/*.ts'],
    ignores: [
      // The words of programming languages.
      'src/editor/webview/rank/codeSpans.ts',
      // English beside its translation; code of a page.
      ...['src/report/storedSentences.ts', 'src/report/standalonePage.ts'],
    ],
    rules: { 'no-restricted-syntax': ['error', ...untranslated] },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      'max-params': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  { files: ['src/cli/**/*.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs', '*.config.ts'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs', '*.config.ts', 'scripts/**'],
    rules: {
      'no-restricted-exports': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-unused-vars': 'error',
      // CommonJS (.cjs) has nothing else.
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
);
