/** One measure of both, in one unit. */
export interface ChartRow {
  readonly label: string;
  readonly ours: number;
  readonly peer: number;
  readonly unit: string;
}

/** What a chart shows: measures in groups, each as a share of the peer's. */
export interface RatioChart {
  readonly title: string;
  /** Below the title: what was measured on what. */
  readonly note: string;
  readonly peer: string;
  /** Longest bar, as a share of the peer's; what is longer is cut there, its number says how much. */
  readonly maxShare: number;
  readonly groups: readonly { readonly name: string; readonly rows: readonly ChartRow[] }[];
}

/* Sizes in pixels. */
const width = 760;
const labelWidth = 190;
const barWidth = 300;
const rowHeight = 24;
const groupGap = 34;
const headHeight = 62;

const style = [
  'text{font:13px system-ui,sans-serif;fill:#333}',
  '.title{font-size:16px;font-weight:600}.group{font-weight:600}.note{fill:#666}',
  '.ours{fill:#2f7d4f}.peer{stroke:#666;stroke-dasharray:3 3}',
].join('');

/** The chart as SVG: one bar per measure, and a dashed line where the peer is. */
export function ratioChartSvg({ title, note, peer, maxShare, groups }: RatioChart): string {
  const drawn: string[] = [];
  const peerX = labelWidth + barWidth / maxShare;
  let y = headHeight;
  for (const { name, rows } of groups) {
    drawn.push(text(16, y + 14, name, 'group'));
    y += rowHeight;
    drawn.push(peerLine(peerX, y, rows.length));
    rows.forEach((row, index) => drawn.push(bar(row, y + index * rowHeight, maxShare)));
    y += rows.length * rowHeight + groupGap - rowHeight;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}</style>`,
    `<rect width="${width}" height="${y}" rx="6" fill="#fff"/>`,
    text(16, 26, title, 'title'),
    text(16, 46, note, 'note'),
    `<text x="${peerX}" y="${headHeight + 14}" text-anchor="middle" class="note">${escaped(peer)}</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function bar({ label, ours, peer, unit }: ChartRow, y: number, maxShare: number): string {
  const share = Math.min(ours / peer, maxShare);
  const length = Math.max(1, Math.round((share / maxShare) * barWidth));
  const said = `${(ours / peer).toFixed(2)}x: ${shown(ours)} against ${shown(peer)} ${unit}`;
  return [
    text(28, y + 16, label),
    `<rect x="${labelWidth}" y="${y + 4}" width="${length}" height="${rowHeight - 8}" class="ours"/>`,
    text(labelWidth + barWidth + 12, y + 16, said),
  ].join('');
}

function peerLine(x: number, y: number, rowCount: number): string {
  return `<line x1="${x}" x2="${x}" y1="${y}" y2="${y + rowCount * rowHeight}" class="peer"/>`;
}

function text(x: number, y: number, content: string, className = ''): string {
  const attribute = className === '' ? '' : ` class="${className}"`;
  return `<text x="${x}" y="${y}"${attribute}>${escaped(content)}</text>`;
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
