/**
 * Bars as an SVG: groups of horizontal bars on one scale, readable on light and on dark ground.
 * @module
 */

/** A picture in words and numbers. */
export interface Bars {
  readonly title: string;
  /** What a number is, written under the title. */
  readonly unit: string;
  /** Names of the bars' colours, in the order of the legend; a bar of another series has the first colour. */
  readonly series: readonly string[];
  readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[];
  /** A vertical line with its name, such as the floor at 1. */
  readonly line?: { readonly at: number; readonly name: string };
}

/** One bar. */
export interface Bar {
  readonly series: string;
  readonly name: string;
  readonly value: number;
}

const WIDTH = 760;
const LEFT = 270;
const RIGHT = 70;
const BAR = 16;
const STYLE = [
  'text{font:12px system-ui,sans-serif;fill:#1f2328}.h{font-weight:600;font-size:14px}.u{fill:#59636e}',
  '.s0{fill:#57606a}.s1{fill:#0969da}.s2{fill:#bc4c00}.s3{fill:#8250df}.l{stroke:#cf222e;stroke-dasharray:4 3}',
  '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.u{fill:#9198a1}.s0{fill:#9198a1}.s1{fill:#4493f8}',
  '.s2{fill:#f0883e}.s3{fill:#ab7df8}.l{stroke:#ff7b72}}',
].join('');

/** Returns the picture as the text of an SVG file. */
export function barsSvg({ title, unit, series, groups, line }: Bars): string {
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value));
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(1e-9, line?.at ?? 0, ...values);
  const parts = [text(10, 22, title, 'h'), text(10, 40, unit, 'u'), ...legend(series)];
  let y = 86;
  for (const { name, bars } of groups) {
    parts.push(text(10, y, name, 'h'));
    y += 10;
    for (const bar of bars) {
      const colour = Math.max(0, series.indexOf(bar.series));
      const width = Math.max(1, bar.value * scale);
      parts.push(
        text(LEFT - 8, y + BAR - 4, bar.name, undefined, 'end'),
        `<rect class="s${colour}" x="${LEFT}" y="${y + 1}" width="${width.toFixed(1)}" height="${BAR - 3}" rx="2"/>`,
        text(LEFT + width + 6, y + BAR - 4, digits(bar.value)),
      );
      y += BAR + 2;
    }
    y += 22;
  }
  if (line !== undefined) {
    const x = (LEFT + line.at * scale).toFixed(1);
    parts.push(`<path class="l" d="M${x} 70V${y - 20}"/>`, text(Number(x) + 4, 72, line.name, 'u'));
  }
  const height = y;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** A picture of one series needs no legend. */
function legend(series: readonly string[]): string[] {
  if (series.length < 2) return [];
  let x = 10;
  return series.flatMap((name, i) => {
    const at = x;
    x += 40 + 7 * name.length;
    return [`<rect class="s${i}" x="${at}" y="50" width="11" height="11" rx="2"/>`, text(at + 16, 60, name)];
  });
}

function text(x: number, y: number, words: string, style?: string, anchor?: 'end'): string {
  const attributes = `${style === undefined ? '' : ` class="${style}"`}${anchor === undefined ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${Number(x.toFixed(1))}" y="${y}"${attributes}>${escaped(words)}</text>`;
}

/** Two digits that count, and no more than two after the point. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(words: string): string {
  return words.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
