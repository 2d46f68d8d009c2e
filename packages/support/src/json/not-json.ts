/** A sign, a string, or a number or word: nothing else may stand in JSON. */
const token =
  /([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|((?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y;
const blanks = /[ \t\n\r]*/y;
/** The beginning of one of them. */
const cutToken =
  /^(?:"(?:[^"\\]|\\.)*\\?|-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?)?)?|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?)$/;

type Wanted = "value" | "item" | "key" | "member" | "colon" | "next" | "end";

/**
 * The tokens that may follow one of this kind; undefined where it must not stand there.
 * @param open the brackets that are open, which change
 */
function after(kind: string, wanted: Wanted, open: string[]): Wanted | undefined {
  const isList = open.at(-1) === "[";
  const next = (): Wanted => (open.length > 0 ? "next" : "end");
  if (wanted === "colon") return kind === ":" ? "value" : undefined;
  if (wanted === "next" && kind === ",") return isList ? "value" : "key";
  if (open.length > 0 && kind === (isList ? "]" : "}")) {
    if (wanted !== "next" && wanted !== (isList ? "item" : "member")) return undefined;
    open.pop();
    return next();
  }
  if (wanted === "key" || wanted === "member") return kind === "text" ? "colon" : undefined;
  if (wanted !== "value" && wanted !== "item") return undefined;
  if (kind === "text" || kind === "scalar") return next();
  if (kind !== "[" && kind !== "{") return undefined;
  open.push(kind);
  return kind === "[" ? "item" : "member";
}

/** Where the text stops being JSON; its length where it only ends too soon. */
function faultIn(text: string): number {
  const open: string[] = [];
  let wanted: Wanted | undefined = "value";
  let at = 0;
  for (;;) {
    blanks.lastIndex = at;
    at += blanks.exec(text)![0].length;
    token.lastIndex = at;
    const [whole, sign, string] = token.exec(text) ?? [];
    if (whole === undefined) return at;
    wanted = after(sign ?? (string === undefined ? "scalar" : "text"), wanted, open);
    if (wanted === undefined) return at;
    at += whole.length;
  }
}

/**
 * Says where a text that `JSON.parse` refuses stops being JSON, without quoting it: `line 3: not JSON (column 8)`. All
 * packages word that fault so.
 *
 * @param text of the file, or of one of its lines
 * @param firstLine number of the text's first line in the file
 */
export function notJson(text: string, firstLine = 1): string {
  const all = String(text); // callers may have been given something else
  const at = faultIn(all);
  const before = all.slice(0, at).split("\n");
  const isCut = cutToken.test(all.slice(at));
  const column = before.at(-1)!.length + 1;
  return `line ${firstLine + before.length - 1}: not JSON (${isCut ? "it ends too soon" : `column ${column}`})`;
}
