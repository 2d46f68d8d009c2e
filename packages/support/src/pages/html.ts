const MARK = Symbol.for("deepgrain.html");

/** Markup that is not escaped again. */
export class Html {
  readonly [MARK] = true;
  constructor(readonly text: string) {}
}

/** Whether this is markup, of this copy of the class or of one that another package has bundled. */
const isHtml = (part: Part): part is Html =>
  typeof part === "object" && part !== null && MARK in part;

const entities: Record<string, string> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "#39",
};

// Control characters have no place in HTML; a model may produce them all the same.
const control = /(?![\t\n])\p{Cc}/gu;

const escaped = (text: string) =>
  text.replaceAll(control, "\ufffd").replaceAll(/[&<>"']/g, (c) => `&${entities[c]};`);

/** A value in a template: text is escaped, markup is not, lists are joined, nothing stays nothing. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

function render(part: Part): string {
  if (isHtml(part)) return part.text;
  if (Array.isArray(part)) return part.map(render).join("");
  if (part === null || part === undefined || part === false) return "";
  return escaped(String(part));
}

/** Markup with values put in: text is escaped, markup is not, lists are joined, nothing stays nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((all, text, i) => `${all}${render(parts[i - 1])}${text}`));
}

/** A value as JSON for a `<script type="application/json">`, which no text in it can end. */
export const inlineJson = (value: unknown): Html =>
  new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));

/** A script's text for a `<script>`, which no string in it can end. */
export const inlineScript = (text: string): Html =>
  new Html(text.replaceAll(/<\/(script)/gi, "<\\/$1"));
