/** Files whose comments begin with two slashes; all others are given `#`. */
const slashes =
  /\.(?:[cm]?[jt]sx?|java|kt|go|c|cc|cpp|cxx|h|hh|hpp|hxx|cs|rs|php|swift|scala|dart|d)$/i;

/**
 * The line that names a file before its text: a comment with its path, as `#src/model.py`.
 *
 * @param lineComment marker of a comment; by default that of the file's extension
 * @see the README of deepseek-ai/DeepSeek-Coder, repository-level completion
 */
export const commentPath = (path: string, lineComment = slashes.test(path) ? "//" : "#"): string =>
  `${lineComment}${path}\n`;
