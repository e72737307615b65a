import { decimals, withDecimalSign } from '../sentences/decimals.ts';

export { decimals, withDecimalSign };

/** A text as HTML shows it, also inside an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A part of a page under a heading, which is escaped; the content is not. */
export function section(title: string, ...content: readonly string[]): string {
  return `<section><h2>${escapeHtml(title)}</h2>\n${content.join('\n')}</section>`;
}

/** A paragraph of plain text. */
export function paragraph(text: string, className = 'quiet'): string {
  return `<p class="${className}">${escapeHtml(text)}</p>`;
}

/**
 * A table of plain texts whose rows are named by their first cell.
 *
 * @param head one for each column; absent where the rows say it all.
 */
export function table(
  rows: readonly (readonly string[])[],
  { head, className = 'numbers' }: { readonly head?: readonly string[]; readonly className?: string } = {},
): string {
  const header = head?.map(headCell).join('');
  return [
    `<table class="${className}">`,
    header === undefined ? '' : `<thead><tr>${header}</tr></thead>`,
    `<tbody>${rows.map(tableRow).join('\n')}</tbody></table>`,
  ].join('');
}

/** The column of the rows' names has none itself, and is no header then. */
function headCell(name: string): string {
  return name === '' ? '<td></td>' : `<th scope="col">${escapeHtml(name)}</th>`;
}

function tableRow([name = '', ...cells]: readonly string[]): string {
  const others = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
  return `<tr><th scope="row">${escapeHtml(name)}</th>${others}</tr>`;
}

/** What is opened by whoever wants to see it; the summary is escaped, the content is not. */
export function details(summary: string, content: string): string {
  return `<details><summary>${escapeHtml(summary)}</summary>\n${content}</details>`;
}

/** A number with three digits that count. */
export function shortNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : withDecimalSign(value.toPrecision(3));
}

/** A share as people say it: `62.5 %`. */
export function percent(share: number): string {
  return `${decimals(100 * share, 1)} %`;
}
