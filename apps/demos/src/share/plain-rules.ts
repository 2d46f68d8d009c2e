/** A rule of a style sheet. */
export interface Rule {
  selector: string;
  /** Its declarations. */
  body: string;
}

/** Properties that pictures have. */
const DRAWN =
  /^(fill|fill-opacity|stroke|stroke-width|stroke-dasharray|stroke-linejoin|font-size|font-weight|color|opacity)$/;

/** Rules of a picture file's own texts and ground. */
const frame: readonly Rule[] = [
  { selector: ".ground", body: "fill: var(--page)" },
  { selector: "text", body: "fill: var(--text)" },
  { selector: ".quiet", body: "fill: var(--muted)" },
  { selector: ".loud", body: "fill: var(--text); font-weight: 600" },
];

/** The classes in some markup. */
const classesIn = (markup: string): ReadonlySet<string> =>
  new Set(Array.from(markup.matchAll(/class="([^"]*)"/g), ([, names]) => names!.split(" ")).flat());

/** Whether a selector is of what is drawn: classes alone, all of which the markup has. */
const isOf = (selector: string, classes: ReadonlySet<string>): boolean =>
  !/[:>+~#[*]/.test(selector) &&
  selector.includes(".") &&
  Array.from(selector.matchAll(/\.([a-z0-9-]+)/g), ([, name]) => name!).every((name) =>
    classes.has(name),
  );

/** Declarations that pictures have, with plain colours; one with a relative size or a mixed colour is left out. */
function declared(body: string, colourOf: (variable: string) => string): string {
  const own = body.split(";").flatMap((declaration) => {
    const [name, value] = declaration.split(":").map((part) => part.trim()) as [string, string?];
    if (value === undefined || !DRAWN.test(name) || /\d(rem|em)\b|color-mix/.test(value)) return [];
    return [
      `${name}:${value.replaceAll(/var\((--[a-z0-9-]+)\)/g, (_, one: string) => colourOf(one))}`,
    ];
  });
  return own.join(";");
}

/**
 * The rules that pictures need, as a renderer without style sheets and variables reads them.
 * @param markup of the pictures
 * @param colourOf the value of a variable such as `--muted`
 */
export function plainRules(
  rules: readonly Rule[],
  markup: string,
  colourOf: (variable: string) => string,
): string {
  const classes = classesIn(markup);
  const isFrame = new Set(frame);
  return [...frame, ...rules]
    .map((rule) => {
      const parts = rule.selector.split(",").map((one) => one.trim());
      const own = isFrame.has(rule) ? parts : parts.filter((one) => isOf(one, classes));
      const text = declared(rule.body, colourOf);
      return own.length === 0 || text === "" ? "" : `${own.join(",")}{${text}}`;
    })
    .join("");
}
