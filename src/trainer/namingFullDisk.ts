import { isNoSpace } from '../engine/weights/diskSpace.ts';
import { diskFull } from './errors.ts';

/** What `write` gives; a full disk becomes the TrainerError that says so. */
export async function namingFullDisk<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isNoSpace(error)) throw diskFull(path, error);
    throw error;
  }
}
