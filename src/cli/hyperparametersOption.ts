import { Option } from 'commander';
import { badJson } from './errors.ts';
import { readText, requireFile } from './paths.ts';

/** `--hyperparameters`. */
export function hyperparametersOption(): Option {
  return new Option('--hyperparameters <file>', 'JSON with those that shall differ from the defaults');
}

/** What stands in that file, not yet checked; `{}` where none was named. */
export async function readHyperparameters(path: string | undefined): Promise<unknown> {
  if (path === undefined) return {};
  await requireFile(path);
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badJson(path, error);
  }
}
