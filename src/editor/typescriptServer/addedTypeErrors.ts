import type ts from 'typescript';
import type { TypeErrors } from '../rank/typeErrorsAnswer.ts';
import type { Insertion } from './typeErrorsQuestion.ts';

/** The library that the server runs with: VS Code's own, or the workspace's. */
export type TypeScript = typeof ts;

/**
 * Codes of what is about style, and no error in VS Code (`reportStyleChecksAsWarnings` of its TypeScript extension): what
 * is never used, never reached, or may not return. Unfinished code is full of it.
 */
const styleChecks = [6133, 6138, 6192, 6196, 7027, 7028, 7029, 7030];

/** A source file of a program, and a text that may come into it. */
export interface InsertionPlace {
  readonly program: ts.Program;
  readonly fileName: string;
  readonly insertion: Insertion;
}

/**
 * The type errors that a source file has with an insertion and does not have without it. They are looked for in
 * a second program that shares every other file with the first, which stays as it is: nobody else ever sees the
 * insertion.
 *
 * Undefined where nothing can be said: with more that does not parse, what is left of a file means little, and
 * a program whose other files are not the same is another project.
 */
export function addedTypeErrors(typescript: TypeScript, place: InsertionPlace): TypeErrors | undefined {
  const { program, fileName, insertion } = place;
  const source = program.getSourceFile(fileName);
  if (source === undefined) return undefined;
  const changed = programWith(typescript, program, textChangedIn(source, insertion));
  const changedSource = changed.getSourceFile(fileName)!;
  const syntaxErrorsIn = (of: ts.Program, file: ts.SourceFile) => of.getSyntacticDiagnostics(file).length;
  if (syntaxErrorsIn(changed, changedSource) > syntaxErrorsIn(program, source)) return undefined;
  if (!sharesOthers(program, changed, source)) return undefined;
  const before = program.getSemanticDiagnostics(source);
  const added = newAmong(changed.getSemanticDiagnostics(changedSource), before, insertion);
  return summaryOf(typescript, added);
}

/** A source file with another text. */
interface ChangedSource {
  readonly source: ts.SourceFile;
  readonly text: string;
}

function textChangedIn(source: ts.SourceFile, { offset, replacedChars, text }: Insertion): ChangedSource {
  return {
    source,
    text: source.text.slice(0, offset) + text + source.text.slice(offset + replacedChars),
  };
}

function programWith(
  typescript: TypeScript,
  program: ts.Program,
  { source, text }: ChangedSource,
): ts.Program {
  const options = program.getCompilerOptions();
  const disk = typescript.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    getCurrentDirectory: () => program.getCurrentDirectory(),
    getSourceFile: (name, languageVersion, onError) => {
      const known = program.getSourceFile(name);
      if (known === source) return typescript.createSourceFile(name, text, languageVersion, true);
      return known ?? disk.getSourceFile(name, languageVersion, onError);
    },
  };
  const projectReferences = program.getProjectReferences();
  return typescript.createProgram({
    ...{ rootNames: program.getRootFileNames(), options, host, oldProgram: program },
    ...(projectReferences === undefined ? {} : { projectReferences }),
  });
}

function sharesOthers(program: ts.Program, changed: ts.Program, source: ts.SourceFile): boolean {
  return program
    .getSourceFiles()
    .every((file) => file === source || changed.getSourceFile(file.fileName) === file);
}

/** The errors that were not there before: the same words at the same place of the text are the same error. */
function newAmong(
  errors: readonly ts.Diagnostic[],
  before: readonly ts.Diagnostic[],
  insertion: Insertion,
): ts.Diagnostic[] {
  const known = new Set(before.flatMap((error) => keysOf(error, shifted(error.start, insertion))));
  return errors.filter((error) => !keysOf(error, error.start).some((key) => known.has(key)));
}

/** Where an offset of the text before is in the text with the insertion; undefined for what is replaced. */
function shifted(start: number | undefined, { offset, replacedChars, text }: Insertion): number | undefined {
  if (start === undefined || start < offset) return start;
  return start < offset + replacedChars ? undefined : start + text.length - replacedChars;
}

function keysOf({ code, messageText }: ts.Diagnostic, start: number | undefined): string[] {
  return start === undefined ? [] : [JSON.stringify([start, code, messageText])];
}

function summaryOf(typescript: TypeScript, errors: readonly ts.Diagnostic[]): TypeErrors {
  const { Error: error } = typescript.DiagnosticCategory;
  const counted = errors.filter(({ category, code }) => category === error && !styleChecks.includes(code));
  return {
    count: counted.length,
    first: typescript.flattenDiagnosticMessageText(counted[0]?.messageText, '\n'),
  };
}
