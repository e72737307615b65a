import tseslint from 'typescript-eslint';

/**
 * Which room may import which, as ARCHITECTURE.md says it: the one table behind the layout.
 * A room may always import from itself.
 */
const mayImport = {
  engine: [],
  completion: ['engine'],
  feedback: ['engine', 'completion'],
  trainer: ['engine', 'completion', 'feedback'],
  report: ['engine', 'completion', 'feedback', 'trainer'],
  process: ['engine', 'completion', 'feedback', 'trainer'],
  editor: ['completion', 'feedback', 'report', 'process'],
  cli: ['engine', 'completion', 'feedback', 'trainer', 'report', 'process'],
};

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
  const patterns = forbidden.map((other) => ({
    group: [`**/${other}/**`],
    message: `${room}/ may not import ${other}/ (the table in eslint.config.js).`,
  }));
  const paths = room === 'editor' ? [onnxOnlyInRuntime] : [onnxOnlyInRuntime, vscodeOnlyInEditor];
  return {
    files: [`src/${room}/**/*.ts`],
    ignores: ['src/engine/runtime/onnx*Session.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns }] },
  };
}

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
