import type ts from 'typescript';
import { addedTypeErrors, type TypeScript } from './addedTypeErrors.ts';
import { typeErrorsRequest, type TypeErrorsQuestion } from './typeErrorsQuestion.ts';

/*
 * What runs inside TypeScript's server, which VS Code's TypeScript extension starts: a plugin that changes nothing
 * of what the server says, and answers one more request.
 */

/** A server has one session; the plugin is made anew for each of its projects. */
const taught = new WeakSet<ts.server.Session<unknown>>();

/** The plugin, as TypeScript's server wants it. */
export function typeErrorsPlugin({
  typescript,
}: {
  readonly typescript: TypeScript;
}): ts.server.PluginModule {
  return {
    create({ session, project, languageService }) {
      if (session !== undefined && !taught.has(session)) {
        taught.add(session);
        session.addProtocolHandler(typeErrorsRequest, (request) => {
          const response = answerTo(request.arguments, typescript, project.projectService);
          return { responseRequired: true, ...(response === undefined ? {} : { response }) };
        });
      }
      return languageService;
    },
  };
}

function answerTo(question: unknown, typescript: TypeScript, service: ts.server.ProjectService) {
  if (!isQuestion(question)) return undefined;
  const { file, ...insertion } = question;
  const fileName = typescript.server.toNormalizedPath(file);
  const program = service.getDefaultProjectForFile(fileName, false)?.getLanguageService().getProgram();
  return program && addedTypeErrors(typescript, { program, fileName, insertion });
}

/** By hand: what parses elsewhere would be 290 KB more in a server that is the user's. */
function isQuestion(value: unknown): value is TypeErrorsQuestion {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['file', 'text'].every((key) => typeof Reflect.get(value, key) === 'string') &&
    ['offset', 'replacedChars'].every((key) => typeof Reflect.get(value, key) === 'number')
  );
}
