import { createHash } from 'node:crypto';
import type { CatalogueEntry } from '../../src/engine/catalogue/catalogue.ts';
import { tinyConfig } from './tinyModel.ts';

/** What the file of the tiny catalogue entry must hold. */
export const tinyContent = Buffer.from('A model file of forty-three bytes, no more.');

/** A catalogue entry whose file is `tinyContent`, in three packages of 20, 20 and 3 bytes. */
export const tinyEntry: CatalogueEntry = {
  aliases: [],
  id: 'tiny',
  fileName: 'tiny.gguf',
  bytes: tinyContent.length,
  sha256: createHash('sha256').update(tinyContent).digest('hex'),
  shape: tinyConfig,
  hub: { repository: 'someone/tiny', revision: 'abc' },
  packages: [1, 2, 3].map((n) => ({ name: `tiny-part${n}`, version: '1.0', path: `tiny_part${n}/data.bin` })),
};
