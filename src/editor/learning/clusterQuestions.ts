import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { addressKind } from '../../process/cluster/clusterAddress.ts';
import { choose } from '../choose.ts';

/** A cluster and how is trained there, as the user said it; remembered for the next time. */
export interface ClusterPlan {
  /** Of the dashboard. */
  readonly url: string;
  /** The model's folder on every node. */
  readonly basePath: string;
  /** A folder that all nodes share. */
  readonly storage: string;
  readonly workers: number;
  readonly usesGpu: boolean;
}

/** Title of everything that the command asks. */
export const clusterTitle = (): string => l10n.t('Attune: Train on a Cluster');

/** Asks where is trained; undefined where the user had enough. What was said the last time stands there already. */
export async function askAddress(known: string | undefined): Promise<string | undefined> {
  return ask({
    value: known ?? 'https://',
    prompt: l10n.t('The address of the cluster’s Ray dashboard'),
    placeHolder: l10n.t('for example {0}', 'https://ray.example:8265'),
    validateInput: (typed) =>
      ['none', 'withPassword'].includes(addressKind(typed.trim()))
        ? l10n.t('Write it as https://HOST:PORT.')
        : undefined,
  });
}

/** Whether the user means an address that others could listen to: asked for by `http://`, and said again here. */
export async function isPlainMeant(url: string): Promise<boolean> {
  const message = l10n.t('{0} has no TLS, and is not on this machine.', url);
  const detail = l10n.t(
    'Whoever is in between could read your code and the token. Use https, or a tunnel to a port of this machine.',
  );
  const yes = l10n.t('Send Without TLS');
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}

/** Asks for the token; '' where the cluster wants none, undefined where the user had enough. */
export async function askToken(url: string): Promise<string | undefined> {
  return ask({
    password: true,
    prompt: l10n.t(
      'The token that {0} wants; leave it empty if it wants none. VS Code keeps it with its secrets.',
      url,
    ),
  });
}

/** Asks how is trained there. */
export async function askPlan(url: string, known: Partial<ClusterPlan>): Promise<ClusterPlan | undefined> {
  const basePath = await ask({
    value: known.basePath ?? '',
    prompt: l10n.t('The folder of the same model on every node of the cluster'),
    placeHolder: l10n.t('for example {0}', '/models/qwen2.5-coder-0.5b'),
    validateInput: needed,
  });
  if (basePath === undefined) return undefined;
  const storage = await ask({
    value: known.storage ?? '',
    prompt: l10n.t('A folder that all nodes share, for checkpoints'),
    placeHolder: l10n.t('for example {0}', '/shared/attune'),
    validateInput: needed,
  });
  if (storage === undefined) return undefined;
  const workers = await ask({
    value: String(known.workers ?? 1),
    prompt: l10n.t('How many workers train'),
    validateInput: (typed) =>
      /^[1-9]\d{0,3}$/.test(typed.trim()) ? undefined : l10n.t('Write a whole number of at least 1.'),
  });
  if (workers === undefined) return undefined;
  const usesGpu = await askGpu();
  return usesGpu === undefined ? undefined : { url, basePath, storage, workers: Number(workers), usesGpu };
}

async function askGpu(): Promise<boolean | undefined> {
  const choices = [
    { label: l10n.t('A graphics card for each worker'), usesGpu: true },
    { label: l10n.t('Processors only'), usesGpu: false },
  ];
  const placeHolder = l10n.t('What shall it train on?');
  return (await choose(choices, { title: clusterTitle(), placeHolder }))?.usesGpu;
}

/** Stays open while the user looks something up elsewhere. */
async function ask(options: vscode.InputBoxOptions): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    ...options,
    title: clusterTitle(),
    ignoreFocusOut: true,
  });
  return typed?.trim();
}

function needed(typed: string): string | undefined {
  return typed.trim() === '' ? l10n.t('A path is needed.') : undefined;
}
