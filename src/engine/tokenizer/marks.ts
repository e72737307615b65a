/** How the end of a text is spelled, likeliest first; a model with none of these ends it with its own end token. */
export const endOfTextSpellings = ['<|endoftext|>', '<|end_of_text|>'];

/** How models that were trained on fill-in-the-middle spell its marks. */
export const fimSpellings = [
  { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: '<|fim_middle|>', pad: '<|fim_pad|>' },
  { prefix: '<fim_prefix>', suffix: '<fim_suffix>', middle: '<fim_middle>', pad: '<fim_pad>' },
];

/** As Qwen2.5-Coder spells them (arXiv:2409.12186, section 3.1); StarCoder2, whose spelling lacks the bars, learned them with others. */
export const repositorySpelling = { name: '<|repo_name|>', file: '<|file_sep|>' };

/** ChatML's. */
export const chatSpelling = { start: '<|im_start|>', end: '<|im_end|>' };

const marks: ReadonlySet<string> = new Set([
  ...endOfTextSpellings,
  ...[...fimSpellings, repositorySpelling, chatSpelling].flatMap((spelling) => Object.values(spelling)),
]);

/**
 * Whether an added token is a mark, whatever its file says: in Hugging Face's files of Qwen2.5-Coder the marks of
 * fill-in-the-middle and of repositories are not special.
 */
export function isMark(spelling: string): boolean {
  return marks.has(spelling);
}
