/** A stretch of text in one form. */
export interface Span {
  kind: "plain" | "strong" | "emphasis" | "code" | "link";
  text: string;
  /** Of a link; it begins with https://. */
  href?: string | undefined;
}

/** A paragraph, or a list with its items. */
export interface Block {
  kind: "paragraph" | "list";
  lines: Span[][];
}

/** `**strong**`, `*emphasis*`, `` `code` `` and `[link](https://…)`; none within another. */
const MARK =
  /\*\*([^*\n]+)\*\*|\*([^*\s](?:[^*\n]*[^*\s])?)\*|`([^`\n]+)`|\[([^[\]\n]+)\]\(((?:[^\s()[]|\([^\s()[]*\))+)\)/g;

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

function checkLink(href: string): void {
  if (!/^https:\/\/[^/@]+(\/|$|\?|#)/i.test(href) || !URL.canParse(href))
    throw new Error(`a link must begin with https:// and a host, got “${shortened(href)}”`);
}

function spanOf([whole, strong, emphasis, code, text, href]: RegExpMatchArray): Span {
  if (strong !== undefined) return { kind: "strong", text: strong };
  if (emphasis !== undefined) return { kind: "emphasis", text: emphasis };
  if (code !== undefined) return { kind: "code", text: code };
  if (text === undefined || href === undefined) return { kind: "plain", text: whole };
  checkLink(href);
  return { kind: "link", text, href };
}

function spansIn(line: string): Span[] {
  const spans: Span[] = [];
  let end = 0;
  const plain = (to: number) => {
    if (to > end) spans.push({ kind: "plain", text: line.slice(end, to) });
  };
  for (const found of line.matchAll(MARK)) {
    plain(found.index);
    spans.push(spanOf(found));
    end = found.index + found[0].length;
  }
  plain(line.length);
  return spans;
}

/**
 * Reads a subset of Markdown: paragraphs between empty lines, lists of lines that begin with "- ", and four marks within a line.
 * All else, HTML too, is text as it stands.
 *
 * @throws {Error} for a list within a list and for a link to anything but https, as the end of a sentence
 */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let isOpen = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s+[-*] /.test(line))
      throw new Error("a list must not stand in another, nor be indented");
    const isItem = line.startsWith("- ");
    const content = (isItem ? line.slice(2) : line).trim();
    if (content === "") {
      isOpen = false;
      continue;
    }
    const kind = isItem ? "list" : "paragraph";
    const last = blocks.at(-1);
    if (!isOpen || last?.kind !== kind) blocks.push({ kind, lines: [spansIn(content)] });
    else last.lines.push(spansIn(content));
    isOpen = true;
  }
  return blocks;
}
