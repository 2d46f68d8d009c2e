const isBlank = (sign: string | undefined) => sign !== undefined && sign.trim() === "";

/** The end of a line at this position; undefined for none. */
const lineEndAt = (text: string, at: number): string | undefined => {
  if (text[at] === "\n") return "\n";
  if (text[at] !== "\r") return undefined;
  return text[at + 1] === "\n" ? "\r\n" : "\r";
};

/** The position of the quote that closes a field whose first quote is at `open`; -1 for none. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

/**
 * A table up to its first misplaced quote and the sign after it, where it has one, and how its lines end. The parser of
 * tables goes on after such a quote and looks through the rest of the line again at each further one, which takes the square
 * of the line's length; with nothing left to go on with, it only says what is wrong.
 */
export function readableQuotes(
  text: string,
  delimiter: string,
): { text: string; newline: "\n" | "\r\n" | "\r" } {
  let newline: string | undefined;
  const isEnd = (at: number) => {
    if (at >= text.length || text[at] === delimiter) return true;
    newline ??= lineEndAt(text, at); // as the first row ends, the others must
    return newline !== undefined && text.startsWith(newline, at);
  };
  const result = (readable: string) => ({
    text: readable,
    newline: (newline ?? "\n") as "\n" | "\r\n" | "\r",
  });
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (close < 0) break;
      at = close + 1;
      while (!isEnd(at) && isBlank(text[at])) at++;
      if (!isEnd(at)) return result(text.slice(0, at + 1));
    } else while (!isEnd(at)) at++;
    if (newline !== undefined && text.startsWith(newline, at)) at += newline.length - 1;
  }
  return result(text);
}
