import { expect, it } from "vitest";
import { decontaminate, judgeFile, nearDuplicates } from "../../src";
import { jaccard, shingles } from "../../src/dedupe/shingles";

/** Numbers in [0, 1) that repeat from a seed. */
function source(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = source(23);
const letter = () => String.fromCharCode(97 + Math.floor(random() * 26));
const word = () => Array.from({ length: 6 }, letter).join("");
const words = (count: number) => Array.from({ length: count }, word);
/** Eight words per line. */
const laidOut = (all: readonly string[]) =>
  all.map((one, i) => one + (i % 8 === 7 ? "\n" : " ")).join("");

interface Planted {
  text: string;
  language: string;
  /** Why it goes; undefined for a file to keep. */
  by?: string | undefined;
}

const plain = (text: string): Planted => ({ text, language: "Python" });
const letters = (count: number) => "a".repeat(count);
const lines = (count: number, length: number) => `${letters(length - 1)}\n`.repeat(count);

/** HTML of 5,000 characters, this many of them visible. */
function pageOf(visible: number): string {
  const [head, tail] = ["<p>", "</p>"];
  const shown = lines(visible / 50, 50).replace(/\n$/, "a"); // white space at the end does not show
  const rest = 5000 - head.length - tail.length - shown.length - "<!---->".length;
  return `${head}${shown}${tail}<!--${lines(Math.floor(rest / 50), 50)}${letters(rest % 50)}-->`;
}

const XML = '<?xml version="1.0"?>\n';

/** Both sides of each filter's border. */
const borders: readonly Planted[] = [
  plain(`${letters(100)}\n${letters(100)}\n`),
  { ...plain(`${letters(100)}\n${letters(101)}\n`), by: "line-length" },
  plain(`${"ab\n".repeat(50)}${letters(1000)}\n`),
  { ...plain(`${"cd\n".repeat(50)}${letters(1001)}\n`), by: "line-length" },
  plain(`${letters(25)}${"1".repeat(75)}`),
  { ...plain(`${letters(24)}${"1".repeat(76)}`), by: "alphabetic" },
  { text: `${XML}<page>${words(9).join("\n")}</page>`, language: "XML", by: "xml" },
  { text: `${XML}<page>${words(9).join("\n")}</page>`, language: "XSLT" },
  { text: `${lines(3, 40)}${XML}${words(9).join("\n")}`, language: "XML" },
  { text: pageOf(1000), language: "HTML" },
  { text: pageOf(950), language: "HTML", by: "html" },
  ...(["JSON", "YAML"] as const).flatMap((language): Planted[] => [
    { text: letters(48).concat("\nb"), language },
    { text: letters(47).concat("\nb"), language, by: "data-size" },
    { text: lines(100, 50), language },
    { text: `${lines(100, 50)}c`, language, by: "data-size" },
  ]),
];

/** A copy in which single words are replaced until its index falls to the wanted one. */
function edited(original: readonly string[], wanted: number): string[] {
  const copy = [...original];
  const set = shingles(original.join(" "), 5);
  for (let i = 7; jaccard(set, shingles(copy.join(" "), 5)) > wanted && i < copy.length; i += 11)
    copy[i] = word();
  return copy;
}

it("finds every plant in a corpus of 300 files, and drops nothing else", () => {
  const originals = Array.from({ length: 300 - borders.length - 40 - 30 }, () => words(400));
  const copies = Array.from({ length: 40 }, (_, i) => edited(originals[i]!, 0.8 + (0.15 * i) / 39));
  const items = Array.from({ length: 30 }, (_, i) => words(i < 15 ? 30 : 3 + (i % 7)));
  const leaks = items.map((item) => {
    const leaked = item.length > 10 ? item.slice(5, 15) : item;
    return [...words(150), ...leaked, ...words(150)];
  });
  const indexOf = (copy: readonly string[], i: number) =>
    jaccard(shingles(copy.join(" "), 5), shingles(originals[i]!.join(" "), 5));
  const files: Planted[] = [
    ...originals.map((all) => plain(laidOut(all))),
    ...copies.map((copy, i) => ({
      ...plain(laidOut(copy)),
      by: indexOf(copy, i) >= 0.85 ? "near-duplicate" : undefined,
    })),
    ...leaks.map((all) => ({ ...plain(laidOut(all)), by: "contaminated" })),
    ...borders,
  ];
  expect(files).toHaveLength(300);

  const found = new Map<number, string>();
  for (const [i, file] of files.entries()) {
    const [reason] = judgeFile(file);
    if (reason) found.set(i, reason.filter);
  }
  const left = () => files.map((_, i) => i).filter((i) => !found.has(i));
  const compared = left().filter((i) => i < 300 - borders.length); // Border files are alike on purpose.
  for (const [, ...others] of nearDuplicates(compared.map((i) => files[i]!.text)))
    for (const other of others) found.set(compared[other]!, "near-duplicate");
  const rest = left();
  const tests = items.map((item) => item.join(" "));
  for (const { text } of decontaminate(
    rest.map((i) => files[i]!.text),
    tests,
  ))
    found.set(rest[text]!, "contaminated");

  const planted = files.flatMap(({ by }, i) => (by === undefined ? [] : [[i, by] as const]));
  expect(planted.filter(([, by]) => by === "near-duplicate").length).toBeGreaterThan(20);
  expect(planted.filter(([, by]) => by === "near-duplicate").length).toBeLessThan(40);
  expect([...found].sort(([a], [b]) => a - b)).toEqual(planted);
});
