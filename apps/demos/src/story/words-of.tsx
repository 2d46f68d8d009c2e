import type { Word } from "../words";

/** A word of `words.ts`: pressed, it says what it means. Its sentence stands in the page once. */
export function Term({ id, children }: { id: Word; children: preact.ComponentChildren }) {
  return (
    <button type="button" class="term" popovertarget={`word-${id}`}>
      {children}
    </button>
  );
}

const MARK = /\{([^|}]+)(?:\|([^}]+))?\}/g;

/** A text without its marks. */
export const plainWords = (text: string): string =>
  text.replace(MARK, (_, id: string, said?: string) => said ?? id);

/** A text in which `{loss}` and `{loss|losses}` are words that can be pressed. */
export function Words({ text }: { text: string }) {
  const parts: preact.ComponentChildren[] = [];
  let end = 0;
  for (const { 0: mark, 1: id, 2: said, index } of text.matchAll(MARK)) {
    parts.push(text.slice(end, index), <Term id={id as Word}>{said ?? id}</Term>);
    end = index + mark.length;
  }
  return (
    <>
      {parts}
      {text.slice(end)}
    </>
  );
}
