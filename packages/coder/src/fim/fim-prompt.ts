import { fail, optionsOf, refuseUnknown } from "../errors";
import { commentPath } from "../repository/comment-path";
import type { SentinelFamily } from "./sentinels";
import { sentinelIn, sentinelsOf } from "./sentinels-of";

/** Parts of a prompt for {@link fimPrompt}. */
export interface FimPromptOptions {
  /** The text before the hole. */
  prefix: string;
  /** The text after the hole. */
  suffix: string;
  /** Other files of the repository, put before the prefix in this order. */
  files?: readonly { readonly path: string; readonly text: string }[] | undefined;
  /** Path of the file that is completed; written before the prefix where other files are given. */
  path?: string | undefined;
  /** Default `"deepseek"`. */
  family?: SentinelFamily | undefined;
}

/**
 * The prompt that makes a base model fill in the middle: begin, other files, prefix, hole, suffix, end. Generation stops at
 * the model's end of text or at any sentinel.
 *
 * @throws {CoderError} `ERR_SENTINEL` if a part or a path holds a sentinel
 * @see the README of deepseek-ai/DeepSeek-Coder
 */
export function fimPrompt(options: FimPromptOptions): string {
  const {
    prefix,
    suffix,
    files = [],
    path,
    family = "deepseek",
    ...rest
  } = optionsOf("fimPrompt", options);
  refuseUnknown("fimPrompt", rest);
  const marks = sentinelsOf("fimPrompt", family);
  for (const [name, text] of Object.entries({ prefix, suffix }))
    if (typeof text !== "string")
      fail("ERR_ARGUMENT", `fimPrompt: ${name} must be a text`, { [name]: text });
  const named = files.flatMap((file) => [file.path, file.text]);
  for (const text of [prefix, suffix, ...named, ...(path === undefined ? [] : [path])]) {
    const held = sentinelIn(text, marks);
    if (held !== undefined)
      fail("ERR_SENTINEL", `fimPrompt: a part holds the sentinel ${held}`, { sentinel: held });
  }
  const others = files
    .map((file) => commentPath(file.path) + file.text.replace(/\n*$/, "\n"))
    .join("");
  const own = files.length > 0 && path !== undefined ? commentPath(path) : "";
  return marks.begin + others + own + prefix + marks.hole + suffix + marks.end;
}
