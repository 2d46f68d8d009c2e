/** Where a word of a call leads. */
export type WordEnd =
  | { readonly to: "args"; readonly tool: number }
  | { readonly to: "end" }
  | { readonly to: "again" }
  | { readonly to: "think" };

/** A place in a tree of the texts that stand around names and arguments. */
export interface Word {
  readonly children: Map<number, Word>;
  /** The codes up to here. */
  readonly path: readonly number[];
  /** Where it leads; undefined inside a word. */
  end: WordEnd | undefined;
  /** Whether the text is a call from here on, so that only the tree's words may follow. */
  isForced: boolean;
  /** Whether it lies inside a mark that is one token. */
  isInside: boolean;
}

export const newWord = (path: readonly number[] = []): Word => ({
  children: new Map(),
  path,
  end: undefined,
  isForced: false,
  isInside: false,
});

/**
 * Adds a word to a tree.
 * @param forcedFrom codes after which no other text may follow
 * @param insides places that lie inside a mark, as [from, to] in codes
 */
export function addWord(
  root: Word,
  codes: readonly number[],
  end: WordEnd,
  {
    forcedFrom = 0,
    insides = [],
  }: {
    forcedFrom?: number | undefined;
    insides?: readonly (readonly [from: number, to: number])[] | undefined;
  } = {},
): void {
  let at = root;
  for (const [i, code] of codes.entries()) {
    let next = at.children.get(code);
    if (!next) {
      next = newWord([...at.path, code]);
      at.children.set(code, next);
    }
    at = next;
    at.isForced ||= i + 1 >= forcedFrom;
    at.isInside ||= insides.some(([from, to]) => i + 1 > from && i + 1 < to);
  }
  at.end ??= end;
}
