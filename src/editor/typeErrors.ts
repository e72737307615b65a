import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { typeErrorsAnswerSchema, type TypeErrors } from './typeErrorsAnswer.ts';
import { typeErrorsRequest, type Insertion } from './typescriptServer/typeErrorsQuestion.ts';

/** The languages that VS Code's TypeScript extension checks. Others tell nothing about a text that is in no document. */
const checkedLanguages = ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'];

/** Why nobody can say what a text would do to the types of a document in a language; undefined where somebody may. */
export function whyTypesUnchecked(languageId: string): string | undefined {
  return checkedLanguages.includes(languageId)
    ? undefined
    : l10n.t(
        'Type errors are told in TypeScript and JavaScript alone: what checks {0} in VS Code looks only at documents, and an alternative is in none.',
        languageId,
      );
}

/**
 * The type errors that a text would add to a document in a language that is checked, as VS Code's own
 * TypeScript sees them. Undefined where it cannot say: where the plugin is not in its server, and where less
 * parses with the text. The document is not touched.
 */
export async function typeErrorsWith(uri: vscode.Uri, insertion: Insertion): Promise<TypeErrors | undefined> {
  const answer: unknown = await vscode.commands.executeCommand(
    'typescript.tsserverRequest',
    typeErrorsRequest,
    { file: uri, ...insertion },
  );
  return typeErrorsAnswerSchema.safeParse(answer).data?.body;
}
