const hidden = /<(script|style|template|noscript|head)\b[^>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi;

/** Named characters that stand for one letter each. */
const entity = /&(?:#\d+|#x[\da-f]+|[a-z]\w*);/gi;

/**
 * The visible text of an HTML page: without comments, scripts, styles, head and tags; a run of white space counts as one
 * space. A character reference counts as one letter.
 */
export const visibleText = (html: string): string =>
  html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, " ")
    .replace(hidden, " ")
    .replace(/<[!/?a-z][^>]*(?:>|$)/gi, " ")
    .replace(entity, "x")
    .replace(/\s+/g, " ")
    .trim();
