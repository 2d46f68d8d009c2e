import { type MaskedSource, masker } from "./mask-source";

const comment = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const quoted = /"([^"\\\n]*(?:\\[\s\S][^"\\\n]*)*)"|'([^'\\\n]*(?:\\[\s\S][^'\\\n]*)*)'/y;
const regularExpression = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[\w$]*/y;
const templatePiece = /[^`\\$]*(?:(?:\\[\s\S]|\$(?!\{))[^`\\$]*)*/y;
const plain = /[\w$\s]+|[^"'`/{}]/y;

/** After these, a slash begins a regular expression; after other words and closing brackets it divides. */
const beforeOperand =
  /(?:^|[=([{},;:!&|?+\-*%^~<>]|\b(?:return|typeof|instanceof|in|of|new|delete|void|throw|case|do|else|await|yield))\s*$/;

/** The text that a pattern matches at a place; undefined if none. */
function at(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text) ?? undefined;
}

/**
 * Masks JavaScript and TypeScript. Templates, which may hold code that holds templates, and regular expressions, which may
 * hold quotes, are why it reads on by hand.
 */
export function maskJavascript(text: string): MaskedSource {
  const mask = masker();
  /** For every open brace, whether it began inside a template. */
  const braces: boolean[] = [];
  let i = 0;
  let before = ""; // the last code, as far as it matters for a slash
  const code = (piece: string) => {
    mask.code(piece);
    before = (before + piece).slice(-16);
  };
  /** Reads a template on, from behind its backtick or a closed substitution. */
  const template = () => {
    const piece = at(templatePiece, text, i)![0];
    i += piece.length;
    const isWhole = text[i] === "`";
    if (isWhole) mask.string(piece);
    else mask.comment("");
    before = "x"; // a template is an operand
    if (isWhole) i += 1;
    else if (text.startsWith("${", i)) {
      braces.push(true);
      i += 2;
      before = "";
    }
  };
  while (i < text.length) {
    const letter = text[i]!;
    const found =
      letter === "/"
        ? at(comment, text, i)
        : letter === '"' || letter === "'"
          ? at(quoted, text, i)
          : undefined;
    if (found !== undefined) {
      if (letter === "/") mask.comment(found[0]);
      else {
        mask.string(found[1] ?? found[2]!);
        before = "x";
      }
      i += found[0].length;
    } else if (letter === "/" && beforeOperand.test(before) && at(regularExpression, text, i)) {
      i = regularExpression.lastIndex;
      mask.code(" ");
      before = "x";
    } else if (letter === "`") {
      i += 1;
      template();
    } else if (letter === "}" && braces.pop() === true) {
      i += 1;
      template();
    } else {
      if (letter === "{") braces.push(false);
      const piece = at(plain, text, i)?.[0] ?? letter;
      code(piece);
      i += piece.length;
    }
  }
  return mask.source();
}
