/** What a chart shows: for each row a bar of every series. */
export interface BarChart {
  readonly title: string;
  readonly series: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** How a value is written beside its bar. */
  readonly label: (value: number) => string;
}

const COLOURS = ['#3b5bdb', '#e8590c', '#2f9e44', '#ae3ec9'];
const LEFT = 260;
const WIDTH = 340;
const THICKNESS = 14;
const GAP = 12;
const TOP = 50;

/** Horizontal bars, grouped by row; an SVG that reads on light and dark ground. */
export function barChart({ title, series, rows, label }: BarChart): string {
  const scale = WIDTH / Math.max(...rows.flatMap(({ values }) => values));
  const group = series.length * THICKNESS + GAP;
  const height = TOP + rows.length * group;
  const groups = rows.flatMap(({ name, values }, row) => {
    const y = TOP + row * group;
    const bars = values.map((value, index) => bar(value * scale, y + index * THICKNESS, index, label(value)));
    return [text(0, y + (series.length * THICKNESS) / 2 + 4, name), ...bars];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 80} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    '<style>text{fill:#495057}@media(prefers-color-scheme:dark){text{fill:#dee2e6}}</style>',
    `<text x="0" y="16" font-weight="bold">${escaped(title)}</text>`,
    ...series.map(legend),
    ...groups,
    '</svg>\n',
  ].join('\n');
}

function bar(width: number, y: number, index: number, label: string): string {
  const rect = `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${THICKNESS - 2}" fill="${COLOURS[index]}"/>`;
  return rect + text(LEFT + width + 6, y + THICKNESS - 4, label);
}

function legend(name: string, index: number): string {
  const x = index * 150;
  return `<rect x="${x}" y="26" width="10" height="10" fill="${COLOURS[index]}"/>${text(x + 14, 35, name)}`;
}

const text = (x: number, y: number, content: string): string =>
  `<text x="${x.toFixed(1)}" y="${y}">${escaped(content)}</text>`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (content: string): string => content.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
