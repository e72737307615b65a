import { copyFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mergeOf } from '../../engine/model/mergedWeights.ts';
import type { AdapterId } from '../../engine/policy.ts';
import { makeFolderAtomically } from '../../engine/files.ts';
import { modelFiles } from '../../engine/weights/modelFiles.ts';
import { readModelText } from '../../engine/weights/modelTexts.ts';
import { isFolder } from '../../engine/weights/pathKind.ts';
import { readSafetensors } from '../../engine/weights/safetensors.ts';
import { requireTensors } from '../../engine/weights/weightFile.ts';
import { weightsFingerprint } from '../../engine/weights/weightsFingerprint.ts';
import { writeModelFolder, type ConvertOptions } from '../../engine/weights/writeModelFolder.ts';
import type { AdapterStore } from './adapterStore.ts';
import type { ExportFormat } from './exportFormats.ts';
import { writeGgufAdapter } from './ggufAdapter.ts';
import { adapterFiles } from './peftFolder.ts';
import { loadStoredAdapter, type AdaptedModel } from './storedAdapter.ts';

/** What is exported, and how writing is watched and ended. */
export interface ExportedAdapter extends AdaptedModel {
  readonly store: AdapterStore;
  readonly id: AdapterId;
  readonly convert: ConvertOptions;
}

/** Writes an adapter to a new folder, or to a file, whole or not at all. None of the user's code is in it. */
export async function exportAdapter(
  exported: ExportedAdapter,
  format: ExportFormat,
  target: string,
): Promise<void> {
  const { store, id, base, baseModelId, convert } = exported;
  const adapter = await loadStoredAdapter(store, id, exported);
  const named = { name: baseModelId, sha256: await weightsFingerprint(base.weights.path) };
  convert.signal.throwIfAborted();
  if (format === 'peft') return exportPeft(store.folderOf(id), named, target);
  if (format === 'gguf') return writeGgufAdapter(target, adapter, base.config, named);
  const folder = dirname(base.weights.path);
  const tensors = new Map((await readSafetensors(base.weights.path)).map((tensor) => [tensor.name, tensor]));
  await writeModelFolder(
    target,
    {
      config: base.config,
      tokenizerJson: await readModelText(join(folder, modelFiles.tokenizer)),
      tokenizerConfigJson: await readModelText(join(folder, modelFiles.tokenizerConfig)),
      tensors: requireTensors(tensors, base.config, base.weights.path),
      changeOf: mergeOf(base.config, adapter),
    },
    convert,
  );
}

/** The adapter's own files; what else the store keeps with them holds the user's code. */
async function exportPeft(
  folder: string,
  base: { readonly name: string; readonly sha256: string },
  target: string,
): Promise<void> {
  await makeFolderAtomically(target, async (temporary) => {
    await copyAdapter(folder, temporary, base);
    const reward = join(folder, adapterFiles.reward);
    if (!(await isFolder(reward))) return;
    await makeFolderAtomically(join(temporary, adapterFiles.reward), (inner) =>
      copyAdapter(reward, inner, base),
    );
  });
}

async function copyAdapter(from: string, to: string, base: object): Promise<void> {
  for (const name of [adapterFiles.config, adapterFiles.weights])
    await copyFile(join(from, name), join(to, name));
  await writeFile(join(to, adapterFiles.base), `${JSON.stringify(base, undefined, 2)}\n`);
}
