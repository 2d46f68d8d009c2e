import { readdirSync, readFileSync } from "node:fs";
import { style } from "@deepgrain/support/pages";
import { plainRules, type Rule } from "../share/plain-rules";

type Colours = ReadonlyMap<string, string>;

const coloursIn = (text: string): Colours =>
  new Map(Array.from(text.matchAll(/(--[a-z0-9-]+):\s*([^;}]+)/g), ([, name, to]) => [name!, to!]));

/** The colours of pages in the light and in the dark scheme. */
function schemes(): { light: Colours; dark: Colours } {
  const [light, dark] = style.split("@media (prefers-color-scheme: dark)");
  return { light: coloursIn(light!), dark: coloursIn(dark!.slice(0, dark!.indexOf("* {"))) };
}

const src = new URL("../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, src), "utf8");

const rulesIn = (css: string): Rule[] =>
  Array.from(
    css
      .split("@media")[0]!
      .replaceAll(/\/\*[\s\S]*?\*\//g, "")
      .matchAll(/([^{}]+)\{([^{}]*)\}/g),
    ([, selector, body]) => ({ selector: selector!, body: body! }),
  );

/** The rules of a page, the shared ones first. @param folder of `src` */
function rulesOf(folder: string): Rule[] {
  const own = readdirSync(new URL(`${folder}/`, src)).filter((name) => name.endsWith(".css"));
  const sheets = [
    "shell/shell.css",
    "drawing/drawing.css",
    ...own.map((one) => `${folder}/${one}`),
  ];
  return sheets.flatMap((sheet) => rulesIn(read(sheet)));
}

/**
 * The rules that a page's pictures need, with plain colours.
 * @param folder of `src`
 * @param markup of the pictures
 * @returns the rules in light colours, and the same with a dark scheme's for those who prefer it
 */
export function pictureStyle(folder: string, markup: string): { light: string; both: string } {
  const rules = rulesOf(folder);
  const { light, dark } = schemes();
  const inColours = (colours: Colours) =>
    plainRules(rules, markup, (name) => colours.get(name) ?? colours.get("--series-1")!);
  const inDark = inColours(dark);
  return {
    light: inColours(light),
    both: `${inColours(light)}@media(prefers-color-scheme:dark){${inDark}}`,
  };
}
