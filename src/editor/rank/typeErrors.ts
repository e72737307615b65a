import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import type { Alternative } from '../../completion/completion.ts';
import { messageOf } from '../../sentences/foreseenError.ts';
import { documentAt } from '../typing/documentPlace.ts';
import type { Logger } from '../logger.ts';
import { typeErrorsAnswerSchema, type TypeCheck, type TypeErrors } from './typeErrorsAnswer.ts';
import { typeErrorsRequest, type Insertion } from '../typescriptServer/typeErrorsQuestion.ts';

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

/** What an alternative does to the types of the document that it is for. A fence: of what fails only the log says more. */
export async function typeCheckOf(
  place: WantedPlace,
  { text, replacedChars, findings }: Alternative,
  log: Pick<Logger, 'info'>,
): Promise<TypeCheck> {
  try {
    const found = await documentAt(place);
    const insertion = { offset: place.offset, replacedChars, text };
    const typeErrors = found && (await typeErrorsWith(found.document.uri, insertion));
    if (typeErrors !== undefined) return { kind: 'checked', ...typeErrors };
  } catch (error) {
    log.info(`Type errors are not known: ${messageOf(error)}`);
  }
  return { kind: 'unchecked', why: whyUnknown(findings) };
}

/** Why nobody says what an alternative does to types, in a language whose types are checked. */
function whyUnknown(findings: Alternative['findings']): string {
  return findings.includes('breaksSyntax')
    ? l10n.t('What does not parse has no types that could be checked.')
    : l10n.t('VS Code’s TypeScript did not tell what it does to the types; the log may say why.');
}

/**
 * The type errors that a text would add to a document in a language that is checked, as VS Code's own
 * TypeScript sees them. Undefined where it cannot say: where the plugin is not in its server, and where less
 * parses with the text. The document is not touched.
 */
async function typeErrorsWith(uri: vscode.Uri, insertion: Insertion): Promise<TypeErrors | undefined> {
  const answer: unknown = await vscode.commands.executeCommand(
    'typescript.tsserverRequest',
    typeErrorsRequest,
    { file: uri, ...insertion },
  );
  return typeErrorsAnswerSchema.safeParse(answer).data?.body;
}
