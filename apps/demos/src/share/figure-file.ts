/** A picture as markup: an `svg` with a `viewBox`, perhaps in a group; and the line below it. */
export interface FigurePicture {
  markup: string;
  caption: string;
}

/** The parts of a picture file. */
export interface Figure {
  title: string;
  /** A sentence below the title. */
  says: string;
  pictures: readonly FigurePicture[];
  settings: string;
  outcome: string;
  /** "" where nobody can follow it. */
  address: string;
  /** Rules for the pictures' classes, with plain colours. */
  style: string;
}

/** Pixels of a picture file, those of a link's preview. */
export const SIZE = { width: 1200, height: 630 };

const EDGE = 56;
const TEXT_WIDTH = 430;
const PICTURES = { left: 540, width: SIZE.width - 540 - EDGE };
/** Mean width of a letter over its size. */
const LETTER = 0.54;

const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd");

/** Lines of a text; what is more than `most` lines ends with "…". Long words are cut. */
export function wrapped(text: string, letters: number, most: number): string[] {
  const lines = [""];
  for (const word of text.trim().split(/[ \t\n]+/)) {
    const cut = [...word].length > letters ? `${[...word].slice(0, letters - 1).join("")}…` : word;
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = cut;
    else if ([...line].length + 1 + [...cut].length <= letters)
      lines[lines.length - 1] = `${line} ${cut}`;
    else lines.push(cut);
  }
  if (lines.length <= most) return lines;
  const last = [...lines[most - 1]!];
  const kept = last.length >= letters ? last.slice(0, letters - 1) : last;
  return [...lines.slice(0, most - 1), `${kept.join("")}…`];
}

interface Text {
  size: number;
  class: string;
  y: number;
  x?: number;
}

const line = (text: string, { size, y, x = EDGE, class: name }: Text): string =>
  `<text class="${name}" x="${x}" y="${y}" font-size="${size}">${escaped(text)}</text>`;

/** A text over lines, the first at `y`. */
function paragraph(text: string, at: Text & { width: number; most: number }): string[] {
  const lines = wrapped(text, Math.floor(at.width / (LETTER * at.size)), at.most);
  return lines.map((one, i) => line(one, { ...at, y: at.y + 1.35 * at.size * i }));
}

/** Pictures below each other in the right column, each as large as fits, with its caption. */
function pictureColumn(pictures: Figure["pictures"]): string[] {
  const size = 17;
  const captionHeight = 3.4 * size;
  const slot = (SIZE.height - 2 * EDGE) / pictures.length;
  return pictures.flatMap(({ markup, caption }, i) => {
    const [, box] = /viewBox="([^"]*)"/.exec(markup)!;
    const [, , boxWidth, boxHeight] = box!.split(/\s+/).map(Number) as number[];
    const scale = Math.min(PICTURES.width / boxWidth!, (slot - captionHeight) / boxHeight!);
    const [width, height] = [scale * boxWidth!, scale * boxHeight!];
    const top = EDGE + i * slot + (slot - captionHeight - height) / 2;
    const left = PICTURES.left + (PICTURES.width - width) / 2;
    const place = `x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"`;
    const text = { size, class: "quiet", x: PICTURES.left, width: PICTURES.width, most: 2 };
    return [
      markup.replace("<svg", `<svg ${place}`),
      ...paragraph(caption, { ...text, y: top + height + 1.7 * size }),
    ];
  });
}

/** A figure in words. */
function altText({ title, outcome, pictures }: Figure): string {
  const said = pictures.flatMap(({ markup }) => /aria-label="([^"]*)"/.exec(markup)?.[1] ?? []);
  return [escaped(`${title}. ${outcome}`), ...said].join(" ");
}

/** The left column: title and sentence at its top, outcome, settings and address at its foot. */
function textColumn({ title, says, settings, outcome, address }: Figure): string[] {
  const quiet = { class: "quiet", width: TEXT_WIDTH };
  const loud = { class: "loud", width: TEXT_WIDTH };
  const heading = paragraph(title, { ...loud, size: 40, y: EDGE + 36, most: 4 });
  const end = SIZE.height - EDGE;
  const foot = paragraph(address, { ...quiet, size: 16, y: end, most: 1 });
  const footTop = address === "" ? end : end - 26;
  const linesOfSettings = paragraph(settings, { ...quiet, size: 16, y: 0, most: 3 }).length;
  const settingsTop = footTop - 21.6 * (linesOfSettings - 1);
  const linesOfOutcome = paragraph(outcome, { ...loud, size: 22, y: 0, most: 6 }).length;
  const outcomeTop = settingsTop - 36 - 29.7 * (linesOfOutcome - 1);
  const saysTop = EDGE + 36 + 54 * (heading.length - 1) + 44;
  const room = Math.floor((outcomeTop - 40 - saysTop) / 27) + 1;
  return [
    ...heading,
    ...(room > 0 ? paragraph(says, { ...quiet, size: 20, y: saysTop, most: room }) : []),
    ...paragraph(outcome, { ...loud, size: 22, y: outcomeTop, most: 6 }),
    ...paragraph(settings, { ...quiet, size: 16, y: settingsTop, most: 3 }),
    ...(address === "" ? [] : foot),
  ];
}

/** @returns a page's picture as an SVG file of 1200 × 630 pixels: title, pictures, outcome, settings and address */
export function figureFile(figure: Figure): string {
  const { width, height } = SIZE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="Inter, ui-sans-serif, system-ui, sans-serif">`,
    `<title>${altText(figure)}</title>`,
    `<style>${figure.style}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...textColumn(figure),
    ...pictureColumn(figure.pictures),
    "</svg>\n",
  ].join("\n");
}
