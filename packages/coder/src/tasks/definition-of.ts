const escaped = (name: string) => name.replace(/[$\\^.*+?()[\]{}|]/g, "\\$&");

/**
 * Offset of the line in which a name is defined: as a function, class or constant of the usual languages, or as a function of
 * C's kind with its result before the name.
 *
 * @returns undefined if it is not defined, only called
 */
export function definitionOf(code: string, name: string): number | undefined {
  const own = escaped(name);
  const patterns = [
    `^[ \\t]*(?:export\\s+|default\\s+|public\\s+|async\\s+|static\\s+|pub\\s+)*(?:def|function\\*?|class|fn|func|fun|sub|const|let|var|val)\\s+(?:\\([^)]*\\)\\s*)?${own}(?![\\w$])`,
    `^[ \\t]*(?:(?:module\\.)?exports\\.)?${own}\\s*(?:<-|=(?!=))`,
    `^[ \\t]*(?!return\\b|else\\b|new\\b|throw\\b|await\\b|yield\\b|case\\b)[\\w:<>,*&[\\]]+(?:\\s+[\\w:<>,*&[\\]]+)*[\\s*&]+${own}\\s*\\([^;{}]*\\)\\s*(?:const\\s*|throws\\s+[\\w., ]+)?\\{`,
  ];
  const found = patterns
    .map((pattern) => new RegExp(pattern, "m").exec(code)?.index)
    .filter((index) => index !== undefined);
  return found.length === 0 ? undefined : Math.min(...found);
}
