import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { choose, chooseInformed } from '../choose.ts';
import type { CurrentSettings } from './currentSettings.ts';
import type { EngineStarter } from '../model/engineStarter.ts';
import type { MeasuredModels } from '../model/measuredModels.ts';
import { measurementText, predictionText, type Measurement } from '../model/modelMeasurements.ts';
import type { Notices } from '../notices.ts';
import type { PredictedModels } from '../model/predictedModels.ts';
import {
  isLanguageOn,
  modelDescriptions,
  settingTable,
  showDescriptions,
  type Settings,
} from './settings.ts';

/** What the commands that change settings need. */
export interface SettingCommandOptions {
  readonly settings: CurrentSettings;
  readonly notices: Notices;
}

/** Turns completions on or off everywhere. */
export async function toggle({ settings }: SettingCommandOptions): Promise<void> {
  await settings.write('enabled', !settings.inFront.enabled);
}

/** Turns completions on or off for the language of the active editor. */
export async function toggleLanguage({ settings, notices }: SettingCommandOptions): Promise<void> {
  const languageId = vscode.window.activeTextEditor?.document.languageId;
  if (languageId === undefined) {
    notices.tell('info', l10n.t('Open a file in the language that is meant first.'));
    return;
  }
  const { languages } = settings.inFront;
  await settings.write('languages', { ...languages, [languageId]: !isLanguageOn(languages, languageId) });
}

const showLabels: Readonly<Record<Settings['show'], string>> = {
  onlyWhenAsked: l10n.t('Only when I ask'),
  rarely: l10n.t('Rarely'),
  balanced: l10n.t('Balanced'),
  eagerly: l10n.t('Eagerly'),
};

/** Lets the user choose how readily something is offered. */
export async function chooseShow({ settings }: SettingCommandOptions): Promise<void> {
  const entries = settingTable.show.choices.map((value) => ({
    value,
    label: showLabels[value],
    detail: showDescriptions[value],
    ...(value === settings.inFront.show ? { description: l10n.t('in use') } : {}),
  }));
  const chosen = await choose(entries, {
    title: l10n.t('Attune: Choose When to Offer'),
  });
  if (chosen !== undefined) await settings.write('show', chosen.value);
}

/** What choosing a model needs besides. */
export interface ChooseModelOptions extends Pick<SettingCommandOptions, 'settings'> {
  readonly measured: Pick<MeasuredModels, 'of'>;
  readonly predicted: Pick<PredictedModels, 'of' | 'predict'>;
  readonly starter: Pick<EngineStarter, 'choose'>;
}

const fromFile = `$(file) ${l10n.t('A GGUF file…')}`;
const fromFolder = `$(folder) ${l10n.t('A folder in Hugging Face’s layout…')}`;

/** Lets the user choose the model that writes completions, by how it runs here or will run. */
export async function chooseModel(options: ChooseModelOptions): Promise<void> {
  const { settings, measured, predicted, starter } = options;
  const unmeasured = Object.keys(modelDescriptions).filter((model) => measured.of(model) === undefined);
  const chosen = await chooseInformed(
    () => [...knownModels(options), { label: fromFile }, { label: fromFolder }],
    {
      title: l10n.t('Attune: Choose Model'),
      placeholder: l10n.t('How quick each is on this machine, and the memory it takes'),
    },
    (signal) => predicted.predict(unmeasured, signal),
  );
  if (chosen === undefined) return;
  const isPath = chosen.label === fromFile || chosen.label === fromFolder;
  const model = isPath ? await choosePath(chosen.label === fromFolder) : chosen.label;
  if (model === undefined) return;
  await settings.write('model', model);
  starter.choose(model);
}

function knownModels({ settings, measured, predicted }: ChooseModelOptions): vscode.QuickPickItem[] {
  return Object.entries(modelDescriptions).map(([label, detail]) => {
    const inUse = label === settings.value.model ? [l10n.t('in use')] : [];
    const running = runningText(measured.of(label), predicted.of(label));
    return { label, description: [...inUse, ...running].join(' · '), detail };
  });
}

function runningText(measured: Measurement | undefined, predicted: Measurement | undefined): string[] {
  if (measured !== undefined) return [measurementText(measured)];
  return predicted === undefined ? [] : [predictionText(predicted)];
}

async function choosePath(isFolder: boolean): Promise<string | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('Attune: Choose Model'),
      canSelectFiles: !isFolder,
      canSelectFolders: isFolder,
      ...(isFolder ? {} : { filters: { GGUF: ['gguf'] } }),
    })) ?? [];
  return uri?.fsPath;
}
