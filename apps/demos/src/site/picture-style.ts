import { readdirSync, readFileSync } from "node:fs";
import { style } from "@deepgrain/support/pages";

/** Properties that pictures have. */
const DRAWN =
  /^(fill|fill-opacity|stroke|stroke-width|stroke-dasharray|stroke-linejoin|font-size|font-weight|color|opacity)$/;

/** Rules of the picture files' own texts and ground. */
const FRAME = `.ground { fill: var(--page) } text { fill: var(--text) } .quiet { fill: var(--muted) }
.loud { fill: var(--text); font-weight: 600 }`;

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

/** The style sheets of a page, the shared ones first. @param folder of `src` */
const sheetsOf = (folder: string): string =>
  [
    read("shell/shell.css").split("@media")[0]!,
    read("drawing/drawing.css"),
    ...readdirSync(new URL(`${folder}/`, src))
      .filter((name) => name.endsWith(".css"))
      .map((name) => read(`${folder}/${name}`).split("@media")[0]!),
  ].join("\n");

/** Whether a rule is of what is drawn: classes alone, all of which the markup has. */
const isOf = (selector: string, classes: ReadonlySet<string>): boolean =>
  !/[:>+~#[*]/.test(selector) &&
  /\./.test(selector) &&
  Array.from(selector.matchAll(/\.([a-z0-9-]+)/g), ([, name]) => name!).every((name) =>
    classes.has(name),
  );

/** Declarations of a rule that pictures have, with plain colours; one with a colour that is mixed is left out. */
function declared(body: string, colours: Colours): string {
  const own = body.split(";").flatMap((declaration) => {
    const [name, value] = declaration.split(":").map((part) => part.trim()) as [string, string?];
    if (value === undefined || !DRAWN.test(name) || /\b(rem|em|color-mix)\b/.test(value)) return [];
    const plain = value.replaceAll(/var\((--[a-z0-9-]+)\)/g, (_, variable: string) =>
      variable === "--accent" ? colours.get("--series-1")! : (colours.get(variable) ?? ""),
    );
    return [`${name}:${plain}`];
  });
  return own.join(";");
}

function rulesIn(css: string, classes: ReadonlySet<string>, colours: Colours): string {
  const rules = css.replaceAll(/\/\*[\s\S]*?\*\//g, "").matchAll(/([^{}]+)\{([^{}]*)\}/g);
  return Array.from(rules, ([, selectors, body]) => {
    const own = selectors!
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one === "text" || isOf(one, classes));
    const text = declared(body!, colours);
    return own.length === 0 || text === "" ? "" : `${own.join(",")}{${text}}`;
  }).join("");
}

/**
 * The rules that a page's pictures need, as a renderer without style sheets and variables reads them.
 * @param folder of `src`
 * @param markup of the pictures
 * @returns the rules in light colours, and the same with a dark scheme's for those who prefer it
 */
export function pictureStyle(folder: string, markup: string): { light: string; both: string } {
  const classes = new Set(["ground", "quiet", "loud"]);
  for (const [, names] of markup.matchAll(/class="([^"]*)"/g))
    for (const name of names!.split(" ")) classes.add(name);
  const css = `${FRAME}\n${sheetsOf(folder)}`;
  const { light, dark } = schemes();
  const rules = rulesIn(css, classes, light);
  const inDark = rulesIn(css, classes, dark);
  return { light: rules, both: `${rules}@media(prefers-color-scheme:dark){${inDark}}` };
}
