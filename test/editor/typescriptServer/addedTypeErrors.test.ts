import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import typescript from 'typescript';
import { describe, expect, it } from 'vitest';
import { addedTypeErrors } from '../../../src/editor/typescriptServer/addedTypeErrors.ts';
import { cursorText } from '../../support/cursorText.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** As much of TypeScript's library as every program must have. */
const library =
  'interface Array<T> { length: number } interface Boolean {} interface CallableFunction {} interface Function {} ' +
  'interface IArguments {} interface NewableFunction {} interface Number {} interface Object {} interface RegExp {} ' +
  'interface String { length: number }';

const other = 'export const count: number = 1;\nexport const label: string = "";\n';

/** A strict program of some files in a folder of its own. */
function programOf(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  const rootNames = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  const options = {
    noLib: true,
    strict: true,
    noUnusedLocals: true,
    types: [],
    module: typescript.ModuleKind.ESNext,
  };
  const program = typescript.createProgram({ rootNames, options });
  return { program, fileName: join(folder, 'main.ts') };
}

/** What a text at the cursor, in place of some characters behind it, adds to its file. */
function check(marked: string, text: string, replacedChars = 0) {
  const { prefix, suffix } = cursorText(marked);
  const made = programOf({ 'library.d.ts': library, 'other.ts': other, 'main.ts': prefix + suffix });
  const { program, fileName } = made;
  const before = program.getSemanticDiagnostics();
  const added = addedTypeErrors(typescript, {
    ...made,
    insertion: { offset: prefix.length, replacedChars, text },
  });
  expect(program.getSourceFile(fileName)?.text).toBe(prefix + suffix);
  expect(program.getSemanticDiagnostics()).toEqual(before);
  return added;
}

const imports = "import { count, label } from './other';\n";
const wrongAbove = 'export const above: number = "";\n';
const wrongBelow = '\nexport const below: number = "";';

describe('addedTypeErrors', () => {
  it.each<[marked: string, text: string, said: string, replacedChars?: number]>([
    [`${imports}const n: number = █`, 'label;', "Type 'string' is not assignable to type 'number'."],
    [`${imports}function twice(n: number) {}\ntwice(█)`, 'label)', 'Argument of type', 1],
    ['const n: number = █', 'missing;', "Cannot find name 'missing'."],
    ['█', "import { x } from './nothing';", "Cannot find module './nothing'"],
    ['const text = ""; text.█', 'size;', "Property 'size' does not exist"],
  ])('tells what the first one says: %j with %j', (marked, text, said, replacedChars = 0) => {
    const added = check(marked, text, replacedChars);
    expect(added?.count).toBe(1);
    expect(added?.first).toContain(said);
  });

  it.each([
    ['none', `${imports}const n: number = █`, 'count;'],
    ['none but what is not used yet', `${imports}function f() {\n  █\n}`, 'const n: number = count;'],
    ['one less', `${imports}function f(): number {\n  █\n}`, 'return count;'],
    ['those above and below that were there', `${wrongAbove}const n: number = █${wrongBelow}`, '1;'],
  ])('says so where there are %s', (_, marked, text) => {
    expect(check(marked, text)).toEqual({ count: 0, first: '' });
  });

  it('counts all, and no others', () => {
    const marked = `${imports}${wrongAbove}█${wrongBelow}`;
    expect(check(marked, 'const a: number = label;\nconst b: string = count;')?.count).toBe(2);
  });

  it('counts what an insertion makes wrong below it', () => {
    expect(check('const n = █\nconst m: number = n;', '"";')?.count).toBe(1);
  });

  it('says nothing where more does not parse', () => {
    expect(check(`${imports}if (count) {█}`, ' const n: number = label; if (')).toBeUndefined();
  });

  it('says nothing of a file that is in no program', () => {
    const insertion = { offset: 0, replacedChars: 0, text: 'missing' };
    const place = { ...programOf({ 'library.d.ts': library }), insertion };
    expect(addedTypeErrors(typescript, place)).toBeUndefined();
  });
});
