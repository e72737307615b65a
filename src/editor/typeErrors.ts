import * as vscode from 'vscode';
import { typeErrorsAnswerSchema, type TypeErrors } from './typeErrorsAnswer.ts';
import { typeErrorsRequest, type Insertion } from './typescriptServer/typeErrorsQuestion.ts';

/** The languages that VS Code's TypeScript extension checks. Others tell nothing about a text that is in no document. */
const checkedLanguages = ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'];

/**
 * The type errors that a text would add to a document, as VS Code's own TypeScript sees them. Undefined where
 * there are none, and where nobody can say: in other languages, and where the plugin is not in TypeScript's
 * server. The document is not touched.
 */
export async function typeErrorsWith(
  { languageId, uri }: vscode.TextDocument,
  insertion: Insertion,
): Promise<TypeErrors | undefined> {
  if (!checkedLanguages.includes(languageId)) return undefined;
  const answer: unknown = await vscode.commands.executeCommand(
    'typescript.tsserverRequest',
    typeErrorsRequest,
    { file: uri, ...insertion },
  );
  return typeErrorsAnswerSchema.safeParse(answer).data?.body;
}
