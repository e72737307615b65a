import { ResponseError } from 'vscode-jsonrpc/node';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { CatalogueEntry } from '../../src/engine/catalogue/catalogue.ts';
import * as catalogueErrors from '../../src/engine/catalogue/catalogueErrors.ts';
import * as deviceErrors from '../../src/engine/runtime/deviceErrors.ts';
import * as modelErrors from '../../src/engine/weights/modelErrors.ts';
import * as storeErrors from '../../src/feedback/errors.ts';
import * as processErrors from '../../src/process/errors.ts';
import { toError, toResponseError } from '../../src/process/wireErrors.ts';
import type { ForeseenError } from '../../src/sentences/foreseenError.ts';
import { quoted, sentence, type Sentence } from '../../src/sentences/sentence.ts';
import * as trainerErrors from '../../src/trainer/errors.ts';
import { bundle } from '../support/markedLanguage.ts';

/** Names that are shorter than a word, so that a word that is left untranslated stands out. */
const [path, id, why] = ['/x', 'm', quoted('y')];
const entry = { id, fileName: 'f', sha256: '0', bytes: 7 } as CatalogueEntry;
const invalid = new z.ZodError([]);

/** One call, or several where a factory has sentences to choose from. */
type Calls = readonly (() => ForeseenError)[];

/** The factories of a module. Every one of them has a row below: a new one without is a type error here. */
type CallsOf<Module> = {
  readonly [
    Name in keyof Module as Module[Name] extends (...given: never[]) => ForeseenError ? Name : never
  ]: Calls;
};

const processCalls: CallsOf<typeof processErrors> = {
  connectionLost: [() => processErrors.connectionLost(undefined)],
  engineDied: [() => processErrors.engineDied()],
  engineCrashLoop: [() => processErrors.engineCrashLoop({ crashCount: 3, minutes: 1 }, why)],
  trainerDied: [() => processErrors.trainerDied(why)],
  exchangeDied: [() => processErrors.exchangeDied(why)],
  feedbackExchangeDied: [() => processErrors.feedbackExchangeDied(why)],
  predictionDied: [() => processErrors.predictionDied(why)],
  clusterTalkDied: [() => processErrors.clusterTalkDied(why)],
  alreadyThere: [() => processErrors.alreadyThere(path)],
  engineNotStarted: [() => processErrors.engineNotStarted(why)],
  incompleteInstallation: [
    () => processErrors.incompleteInstallation(path, {}, 0),
    () => processErrors.incompleteInstallation(path, 'damaged', 0),
    () => processErrors.incompleteInstallation(path, { size: 1, bytes: 2 }, 3),
  ],
  otherMachine: [() => processErrors.otherMachine('a', []), () => processErrors.otherMachine('a', ['b'])],
  runtimeNotLoaded: [() => processErrors.runtimeNotLoaded('a')],
  otherProtocol: [() => processErrors.otherProtocol(2, 1)],
  newerEngine: [() => processErrors.newerEngine('1.0', '2.0')],
  stranger: [() => processErrors.stranger()],
  noPrivateFolder: [() => processErrors.noPrivateFolder([why, sentence`${path} is no folder`])],
  badMessage: [() => processErrors.badMessage('m', invalid)],
  badHyperparameters: [() => processErrors.badHyperparameters(invalid)],
  unknownHyperparameters: [() => processErrors.unknownHyperparameters(['a.b', 'c'])],
  localHyperparameters: [() => processErrors.localHyperparameters([['a.b', why]])],
  modelNotHere: [() => processErrors.modelNotHere({ model: id, bytes: 7e6 })],
  modelNotReady: [() => processErrors.modelNotReady()],
  alreadyRunning: [() => processErrors.alreadyRunning()],
  unfitExport: [
    () => processErrors.unfitExport(path, sentence`${path} names no base model in ${'c'}. Export it again.`),
  ],
  insecureAddress: [
    () => processErrors.insecureAddress('a', 'no'),
    () => processErrors.insecureAddress('a', 'plain'),
  ],
  passwordInAddress: [() => processErrors.passwordInAddress()],
  clusterUnreachable: [() => processErrors.clusterUnreachable('a', new Error('e'))],
  clusterRefused: [() => processErrors.clusterRefused('a', 401, 'no')],
  tooLargeToSend: [() => processErrors.tooLargeToSend(3e8, 1e8)],
  jobEnded: [() => processErrors.jobEnded('j', 'S', 'x'), () => processErrors.jobEnded('j', 'S', '')],
  damagedResult: [() => processErrors.damagedResult(sentence`it has no files`)],
};

const trainerCalls: CallsOf<typeof trainerErrors> = {
  noExamples: [() => trainerErrors.noExamples(5)],
  allHeldOut: [() => trainerErrors.allHeldOut(5)],
  allForgotten: [() => trainerErrors.allForgotten()],
  adapterMissing: [() => trainerErrors.adapterMissing(id, path)],
  adapterDamaged: [() => trainerErrors.adapterDamaged(id, sentence`${'a'} cannot be read`)],
  adapterMismatch: [() => trainerErrors.adapterMismatch(id, sentence`it has no tensor ${'t'}`)],
  adapterForeign: [() => trainerErrors.adapterForeign(path, sentence`it has no LoRA factors`)],
  adapterBaseUnsure: [() => trainerErrors.adapterBaseUnsure(path, why)],
  nothingToRollBack: [() => trainerErrors.nothingToRollBack()],
  checkpointDamaged: [() => trainerErrors.checkpointDamaged(path, sentence`its files cannot be read`)],
  diverged: [() => trainerErrors.diverged(sentence`the loss`, -1 / 0, 7)],
  diskFull: [() => trainerErrors.diskFull(path, undefined)],
};

const storeReasons = [
  'missing',
  'folder',
  'corrupt',
  'replaced',
  'newerVersion',
  'diskFull',
  'diskFailed',
  'busy',
  'notWritable',
] as const;

const storeCalls: CallsOf<typeof storeErrors> = {
  storeError: storeReasons.map((reason) => () => storeErrors.storeError(reason, path)),
  fileError: [
    () => storeErrors.fileError('read', path, 'notWritable'),
    ...storeReasons.map((reason) => () => storeErrors.fileError('write', path, reason)),
  ],
};

const engineCalls: CallsOf<typeof catalogueErrors & typeof deviceErrors & typeof modelErrors> = {
  wrongOwnFile: [() => catalogueErrors.wrongOwnFile(entry, path, why)],
  notAvailable: [() => catalogueErrors.notAvailable(entry, [sentence`the cache: it is not there`, why])],
  unknownModel: [() => catalogueErrors.unknownModel('a', ['b', 'c'])],
  sourceFailed: [() => catalogueErrors.sourceFailed(sentence`it did not answer within ${5} s`)],
  deviceMissing: [() => deviceErrors.deviceMissing('dml', ['cpu'])],
  deviceFailed: (['cpu', 'webgpu'] as const).map(
    (device) => () => deviceErrors.deviceFailed(device, sentence`stopped at work`, new Error('e')),
  ),
  deviceWrong: [
    () => deviceErrors.deviceWrong('webgpu', sentence`its logits differ from the CPU's by ${12.5} %`),
  ],
  modelMissing: [() => modelErrors.modelMissing(path)],
  modelDamaged: [() => modelErrors.modelDamaged(path, sentence`it is not JSON.`)],
  modelUnsupported: [() => modelErrors.modelUnsupported(path, sentence`its architecture is '${'a'}'.`)],
  diskFull: [() => modelErrors.diskFull(path, 3.4e9, 2e9)],
  notWritable: [() => modelErrors.notWritable(path)],
  tooLittleMemory: [undefined, 's'].map(
    (smallerModel) => () =>
      modelErrors.tooLittleMemory(id, { neededBytes: 2e9, availableBytes: 1e9, smallerModel }),
  ),
};

const errors = [processCalls, trainerCalls, storeCalls, engineCalls].flatMap((table) =>
  Object.entries<Calls>(table).flatMap(([name, made]) => made.map((make) => [name, make()] as const)),
);

/** Every text of ours in a sentence, those of its values included. */
function textsIn({ text, values }: Sentence): string[] {
  const inner = values.flatMap((value) => (typeof value === 'object' ? textsIn(value) : []));
  return /\p{L}/u.test(text.replaceAll(/\{\d+\}/g, '')) ? [text, ...inner] : inner;
}

/** What stands in a sentence as it is: names, paths, what others said. */
function namesIn({ values }: Sentence): string[] {
  return values.flatMap((value) =>
    typeof value === 'object' ? namesIn(value) : typeof value === 'string' ? [value] : [],
  );
}

/** Names that are the same in every language, though as long as a word. */
const sameEverywhere = /\b(?:cpu|dml|CUDA|Infinity)\b/g;

describe('an error', () => {
  const german = bundle('bundle.l10n.de.json');

  it.each(errors)('is told in German: %s', (_, error) => {
    expect(textsIn(error.sentence).filter((text) => german[text] === undefined)).toEqual([]);
  });

  it.each(errors)('says nothing in English that is not a sentence: %s', (_, error) => {
    const names = namesIn(error.sentence).map((name) => name.replaceAll(sameEverywhere, ''));
    expect(names.filter((name) => /[A-Za-z]{3,}/.test(name))).toEqual([]);
  });

  const travelling = errors.filter(([name]) => name !== 'sourceFailed');
  it.each(travelling)('comes whole to the other end of a wire: %s', (_, error) => {
    const { code, message, data } = toResponseError(error).toJson();
    const received = new ResponseError(code, message, JSON.parse(JSON.stringify(data)) as unknown);
    const { reason, sentence: said, details } = error;
    expect(toError(received)).toMatchObject({ name: error.name, reason, message, sentence: said, details });
  });
});
