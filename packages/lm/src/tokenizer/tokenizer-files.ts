import { LmError } from "../errors";
import type { TokenizerConfigJson } from "./tokenizer-json";

/** The files of a tokenizer as parsed JSON. */
export interface TokenizerFiles {
  /** Content of tokenizer.json. */
  tokenizer: object;
  /** Content of tokenizer_config.json; without it there are no special roles and no chat template. */
  config?: TokenizerConfigJson | undefined;
}

const known = new WeakMap<object, TokenizerFiles>();

/** Keeps the files that a tokenizer was made of, for as long as it is there. */
export function rememberFiles<T extends object>(tokenizer: T, files: TokenizerFiles): T {
  known.set(tokenizer, files);
  return tokenizer;
}

const isFiles = (value: object): value is TokenizerFiles => {
  const { tokenizer } = value as Partial<TokenizerFiles>;
  return typeof tokenizer === "object" && tokenizer !== null;
};

/**
 * The files of a tokenizer, or those that were given as such.
 * @throws {LmError} `ERR_ARGUMENT` for what is neither
 */
export function filesOf(caller: string, tokenizer: object): TokenizerFiles {
  if (typeof tokenizer === "object" && tokenizer !== null) {
    const files = known.get(tokenizer) ?? tokenizer;
    if (isFiles(files)) return files;
  }
  throw new LmError(
    "ERR_ARGUMENT",
    `lm/${caller}: tokenizer must be what loadTokenizer or createTokenizer returns, the content of its files as {"tokenizer", "config"}, or null`,
    { fields: { name: "tokenizer" } },
  );
}
