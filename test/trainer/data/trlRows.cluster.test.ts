import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { splitExamples } from '../../../src/trainer/data/dataset.ts';
import {
  jsonLines,
  markedPrompt,
  trlFormats,
  trlRows,
  type TrlFormat,
} from '../../../src/trainer/data/trlRows.ts';
import { clusterPython } from '../../support/clusterPython.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { askedAt, completion, demonstration, ranking, recordsOf, refusedFor } from '../feedbackRecords.ts';

/** Prints the columns of a file, what stands in its first row, as `datasets` reads it, and what it warns of: by `logging`, which no `-W` sees. */
const program = `
import json, logging, sys, datasets
warnings = []
class Keep(logging.Handler):
    def emit(self, record):
        warnings.append(record.getMessage())
for name in (None, "datasets", "fsspec", "huggingface_hub"):
    logging.getLogger(name).addHandler(Keep(logging.WARNING))
rows = datasets.load_dataset("json", data_files=sys.argv[1], split="train", cache_dir=sys.argv[2])
print(json.dumps({"columns": rows.column_names, "count": len(rows), "first": rows[0], "warnings": warnings}))
`;

/** TRL's names of the columns of each shape (its documentation, "Dataset formats and types"). */
const columnsOf: Readonly<Record<TrlFormat, readonly string[]>> = {
  'prompt-completion': ['prompt', 'completion'],
  preference: ['prompt', 'chosen', 'rejected'],
  'unpaired-preference': ['prompt', 'completion', 'label'],
  'prompt-only': ['prompt'],
};

const work = recordsOf({
  demonstrations: [demonstration(askedAt('let typed = █z', 1), 'é🌍;')],
  completions: [completion(askedAt('b█z', 2), 'bad', refusedFor('good'))],
  rankings: [
    ranking(askedAt('c█z', 3), [
      ['x', 1],
      ['y', 2],
    ]),
  ],
});

it.each(trlFormats)('rows of the shape %s load in datasets without a warning', (format) => {
  const { training } = splitExamples(work, { heldOutShare: 0 });
  const rows = trlRows(format, training, markedPrompt);
  const file = join(temporaryFolder(), `${format}.jsonl`);
  writeFileSync(file, jsonLines(rows));
  const read = clusterPython(program, [file, temporaryFolder()], ['-W', 'error']) as {
    columns: string[];
    count: number;
    first: object;
    warnings: string[];
  };
  expect(read.warnings).toEqual([]);
  expect(read.columns).toEqual(expect.arrayContaining([...columnsOf[format]]));
  expect(read.count).toBe(rows.length);
  expect(read.first).toEqual(JSON.parse(JSON.stringify(rows[0])));
});
