import { fail, having } from "../errors";
import { visibleText } from "./visible-text";

/** A file to be judged. */
export interface FileToJudge {
  readonly text: string;
  /** As in `languages`, such as `"HTML"`; letter case does not matter. */
  readonly language: string;
}

/** Why a file is dropped: the filter's name, what it measured, and its limit. */
export interface Reason {
  readonly filter: "line-length" | "alphabetic" | "xml" | "html" | "data-size";
  readonly message: string;
}

const MEAN_LINE = 100;
const LONGEST_LINE = 1000;
const ALPHABETIC_SHARE = 0.25;
const XML_WITHIN = 100;
const VISIBLE_SHARE = 0.2;
const VISIBLE_CHARACTERS = 100;
const DATA_CHARACTERS = [50, 5000] as const;

/** Number of code points that a pattern with the flag `u` matches one by one. */
const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

const points = (text: string) => count(text, /[\s\S]/gu);

const percent = (share: number) => `${Math.round(1000 * share) / 10} %`;

function lineLength(text: string): string | undefined {
  const lengths = text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map(points);
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  if (mean > MEAN_LINE)
    return `lines have ${mean.toFixed(1)} characters on average, above ${MEAN_LINE}`;
  return longest > LONGEST_LINE
    ? `a line has ${longest} characters, above ${LONGEST_LINE}`
    : undefined;
}

function alphabetic(text: string): string | undefined {
  const share = count(text, /\p{L}/gu) / Math.max(1, points(text));
  return share < ALPHABETIC_SHARE
    ? `${percent(share)} of the characters are letters, below ${percent(ALPHABETIC_SHARE)}`
    : undefined;
}

function xml(text: string, language: string): string | undefined {
  const isThere = [...text.slice(0, 2 * XML_WITHIN)]
    .slice(0, XML_WITHIN)
    .join("")
    .includes("<?xml version=");
  return isThere && language !== "xslt" ? "it is XML and no XSLT" : undefined;
}

function html(text: string, language: string): string | undefined {
  if (language !== "html") return undefined;
  const visible = points(visibleText(text));
  const share = visible / Math.max(1, points(text));
  if (share < VISIBLE_SHARE)
    return `${percent(share)} of it is visible, below ${percent(VISIBLE_SHARE)}`;
  return visible < VISIBLE_CHARACTERS
    ? `${visible} characters are visible, below ${VISIBLE_CHARACTERS}`
    : undefined;
}

function dataSize(text: string, language: string): string | undefined {
  if (language !== "json" && language !== "yaml") return undefined;
  const [least, most] = DATA_CHARACTERS;
  const size = points(text);
  if (size >= least && size <= most) return undefined;
  return `it has ${size} characters, outside ${least} to ${most}`;
}

const filters: readonly [
  Reason["filter"],
  (text: string, language: string) => string | undefined,
][] = [
  ["line-length", lineLength],
  ["alphabetic", alphabetic],
  ["xml", xml],
  ["html", html],
  ["data-size", dataSize],
];

/**
 * Judges a file by the five filters of the paper: mean line above 100 or longest line above 1,000 characters; fewer than
 * 25 % letters; `<?xml version=` within the first 100 characters, unless it is XSLT; HTML of which less than 20 % or less
 * than 100 characters are visible; JSON and YAML outside 50 to 5,000 characters. Characters are code points, letters are
 * those of Unicode: the paper defines neither.
 *
 * @returns the reasons for dropping it, in this order; empty for a file to keep
 * @throws {CoderError} `ERR_ARGUMENT` for a text or language that is none
 * @see Guo et al. 2024 (DeepSeek-Coder), section 2.1
 */
export function judgeFile(file: FileToJudge): Reason[] {
  const { text, language } = having("judgeFile", "file", file);
  for (const [name, value] of Object.entries({ text, language }))
    if (typeof value !== "string")
      fail("ERR_ARGUMENT", `judgeFile: ${name} must be a text`, { [name]: value });
  const kind = language.toLowerCase();
  return filters.flatMap(([filter, judge]) => {
    const message = judge(text, kind);
    return message === undefined ? [] : [{ filter, message }];
  });
}
