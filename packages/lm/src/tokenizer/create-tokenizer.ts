import type { Budget, BudgetLimits } from "@deepgrain/support";
import { BPE, Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { budgetOf, LmError, optionsOf, refuseUnknown } from "../errors";
import {
  type ChatMessage,
  type ChatTemplateOptions,
  chatTemplate,
  rendererFor,
} from "./chat-template";
import { checkTokenizerJson } from "./check-tokenizer-json";
import type { EncodeInTurnsOptions } from "./encoding";
import { guardPatterns } from "./guard-patterns";
import { rememberFiles, type TokenizerFiles } from "./tokenizer-files";
import type { TokenizerConfigJson } from "./tokenizer-json";

/** Converts text to token ids and back. */
export interface Tokenizer {
  /**
   * The ids of a text. Special tokens written out in the text become their ids.
   * @param options.addSpecialTokens adds what the tokenizer puts around a text, such as BOS. Default true.
   */
  encode(text: string, options?: { addSpecialTokens?: boolean | undefined }): number[];
  /**
   * The ids that `encode` returns, found in slices between which others have the event loop: for texts of strangers. Of texts
   * beyond 65,536 characters one is encoded at a time.
   * @throws {LmError} `ERR_RANGE` (fields `maxTokens`, `leastTokens`) for a text with more than `maxTokens`: before it is
   *   encoded if the length of the longest token tells; `ERR_ARGUMENT`; the signal's reason
   */
  encodeInTurns(text: string, options?: EncodeInTurnsOptions): Promise<number[]>;
  /**
   * The text of ids. Bytes that are not valid UTF-8 become U+FFFD; ids without a token, such as those that pad the
   * vocabulary of a model, stand for nothing.
   * @param options.skipSpecialTokens leaves special tokens out. Default false.
   * @throws {LmError} `ERR_RANGE` when an id is no whole number from 0
   */
  decode(ids: ArrayLike<number>, options?: { skipSpecialTokens?: boolean | undefined }): string;
  /** The highest id plus one, added tokens included. */
  readonly vocabSize: number;
  readonly bosTokenId: number | undefined;
  readonly eosTokenId: number | undefined;
  readonly padTokenId: number | undefined;
  /** Starts a row of an encoder; undefined, like the two below, if the configuration or the vocabulary lacks it. */
  readonly clsTokenId: number | undefined;
  /** Ends each text of an encoder's row. */
  readonly sepTokenId: number | undefined;
  /** Marks the positions that a masked LM predicts. */
  readonly maskTokenId: number | undefined;
  /** The tokens that are not text, as they are spelled. */
  readonly specialTokens: readonly string[];
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /**
   * Writes a conversation as text; encode it with `addSpecialTokens: false`, as templates write BOS themselves.
   * @throws {LmError} `ERR_MISSING` without a template, `ERR_FORMAT` when the template fails, `ERR_LIMIT` when it takes more than its budget
   */
  applyChatTemplate(messages: readonly ChatMessage[], options?: ChatTemplateOptions): string;
}

/** Tokens that only tokenizer_config.json contains are added, as in the Python library. */
function withConfigTokens(tokenizer: object, config: TokenizerConfigJson): object {
  const given = tokenizer as { added_tokens?: { content: string }[] | undefined };
  const own = Array.isArray(given.added_tokens) ? given.added_tokens : [];
  const known = new Set(own.map((token) => token?.content));
  const fromConfig = Object.entries(config.added_tokens_decoder ?? {})
    .filter(([, token]) => !known.has(token?.content))
    .map(([id, token]) => ({ ...token, id: Number(id) }));
  const isList = Array.isArray(given.added_tokens ?? []);
  const added_tokens = isList ? [...own, ...fromConfig] : given.added_tokens;
  const absent = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  return { ...absent, ...tokenizer, added_tokens };
}

/** Runs a call into the library; its errors become `LmError`s. */
function guarded<T>(caller: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (LmError.isInstance(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LmError("ERR_FORMAT", `lm/${caller}: ${reason}`, { cause });
  }
}

/** How far a tokenizer's files are trusted, and what replaces them. */
export interface CreateTokenizerOptions {
  /** Name of one of the files' chat templates, or a Jinja template instead of theirs. Default: theirs, if they have one. */
  template?: string | undefined;
  /**
   * Runs all regular expressions of tokenizer.json on JavaScript's engine, where a malicious one may never terminate.
   * By default, published patterns run there and others on a linear-time engine, which rejects what it cannot express.
   */
  trustPatterns?: boolean | undefined;
  /**
   * Limits of the files: by default 8,388,608 entries (tokens, merges, and the values of what stands around the model) and
   * 2,097,152 bytes (characters of the latter).
   */
  budget?: BudgetLimits | Budget | undefined;
}

const NAMES: readonly (keyof CreateTokenizerOptions)[] = ["template", "trustPatterns", "budget"];

const tokenizerLimits: BudgetLimits = { entries: 2 ** 23, bytes: 2 ** 21 };

async function openTokenizer(
  files: TokenizerFiles,
  config: TokenizerConfigJson,
  trustPatterns: boolean,
  budget: Budget,
): Promise<HuggingFaceTokenizer> {
  const json = withConfigTokens(files.tokenizer, config) as Record<string, unknown>;
  checkTokenizerJson(json, budget);
  const tokenizer = new HuggingFaceTokenizer(json, config);
  await guardPatterns(tokenizer, json, trustPatterns);
  return tokenizer;
}

/** The function that finds the ids of a text without what is put around it. */
async function encoderOf(inner: HuggingFaceTokenizer): Promise<(text: string) => number[]> {
  if (!(inner.model instanceof BPE))
    return (text) => inner.encode(text, { add_special_tokens: false }).ids;
  const { encodeAtOnce } = await import("./encoding/encode-at-once");
  return (text) => encodeAtOnce(inner, text);
}

/**
 * The tokens before and after every text: the post-processor's tokens, unless `add_bos_token` or
 * `add_eos_token` in tokenizer_config.json says otherwise for their end.
 */
function surroundings(
  inner: HuggingFaceTokenizer,
  config: TokenizerConfigJson,
  { bos, eos }: { bos: number | undefined; eos: number | undefined },
): { before: number[]; after: number[] } {
  const plain = inner.encode("a", { add_special_tokens: false }).ids;
  const whole = inner.encode("a").ids;
  let start = 0;
  while (!plain.every((id, i) => whole[start + i] === id) && start < whole.length) start++;
  const decided = (flag: boolean | undefined, id: number | undefined, own: number[]) => {
    if (flag === undefined || (flag && id === undefined)) return own;
    return flag ? [id!] : [];
  };
  return {
    before: decided(config.add_bos_token, bos, whole.slice(0, start)),
    after: decided(config.add_eos_token, eos, whole.slice(start + plain.length)),
  };
}

/**
 * Creates a tokenizer from parsed JSON files; works without a file system.
 * Spaces before punctuation are kept in decoding unless `clean_up_tokenization_spaces` is true.
 *
 * @param options.template name of a chat template of the configuration, or a Jinja template instead of its own
 * @param options.trustPatterns runs regular expressions of tokenizer.json that may backtrack without end, default false
 * @throws {LmError} `ERR_FORMAT` when the tokenizer is of an unknown kind, an id is malformed, or a regular expression is
 *   neither published nor runs in linear time, naming its key; `ERR_LIMIT` for more than the budget; `ERR_CONFIG` when a role's token is not in the vocabulary
 */
export async function createTokenizer(
  files: TokenizerFiles,
  options: CreateTokenizerOptions = {},
): Promise<Tokenizer> {
  const {
    template,
    trustPatterns = false,
    budget: given,
    ...rest
  } = optionsOf("createTokenizer", options);
  refuseUnknown("createTokenizer", rest, NAMES);
  const budget = budgetOf("createTokenizer", given, tokenizerLimits);
  const tokenizer = await makeTokenizer(files, { template, trustPatterns, budget }).catch((error) =>
    guarded("createTokenizer", () => {
      throw error;
    }),
  );
  return rememberFiles(tokenizer, files);
}

/** The ids of the tokens that have a role. @throws {LmError} `ERR_CONFIG` for a bos, eos or pad that is not in the vocabulary */
function roleIds(inner: HuggingFaceTokenizer, config: TokenizerConfigJson) {
  const idOf = (role: "bos" | "eos" | "pad" | "cls" | "sep" | "mask", isStrict = false) => {
    const key = `${role}_token` as const;
    const token = config[key];
    const content = typeof token === "string" ? token : token?.content;
    if (content === undefined) return undefined;
    const id = inner.token_to_id(content);
    if (id !== undefined || !isStrict) return id;
    const message = `lm/createTokenizer: ${key} "${content}" is not in the vocabulary`;
    throw new LmError("ERR_CONFIG", message, { fields: { key, token: content } });
  };
  return {
    bosTokenId: idOf("bos", true),
    eosTokenId: idOf("eos", true),
    padTokenId: idOf("pad", true),
    clsTokenId: idOf("cls"),
    sepTokenId: idOf("sep"),
    maskTokenId: idOf("mask"),
  };
}

async function makeTokenizer(
  files: TokenizerFiles,
  {
    template,
    trustPatterns,
    budget,
  }: { template: string | undefined; trustPatterns: boolean; budget: Budget },
): Promise<Tokenizer> {
  const config = files.config ?? {};
  const inner = await openTokenizer(files, config, trustPatterns, budget);
  const roles = roleIds(inner, config);
  const { before, after } = surroundings(inner, config, {
    bos: roles.bosTokenId,
    eos: roles.eosTokenId,
  });
  let vocabSize = 0;
  for (const id of inner.get_vocab().values()) vocabSize = Math.max(vocabSize, id + 1);
  const renderer = await rendererFor(template ?? config.chat_template);
  const idsOf = await encoderOf(inner);
  const cleanUp = config.clean_up_tokenization_spaces ?? false;

  return {
    encode(text, { addSpecialTokens = true } = {}) {
      const ids = guarded("encode", () => idsOf(text));
      return addSpecialTokens ? [...before, ...ids, ...after] : ids;
    },
    async encodeInTurns(text, options = {}) {
      const { encodeInTurns } = await import("./encoding");
      const around = { before, after, eosTokenId: roles.eosTokenId };
      return encodeInTurns(inner, around, text, options);
    },
    decode(ids, { skipSpecialTokens = false } = {}) {
      const all = Array.from(ids);
      const wrong = all.find((id) => !Number.isSafeInteger(id) || id < 0);
      if (wrong !== undefined)
        throw new LmError(
          "ERR_RANGE",
          `lm/decode: ids must be whole numbers from 0, got ${wrong}`,
          {
            fields: { id: wrong },
          },
        );
      const list = all.filter((id) => inner.id_to_token(id) !== undefined);
      if (list.length === 0) return "";
      return guarded("decode", () =>
        inner.decode(list, {
          skip_special_tokens: skipSpecialTokens,
          clean_up_tokenization_spaces: cleanUp,
        }),
      );
    },
    vocabSize,
    ...roles,
    specialTokens: [...inner.get_added_tokens_decoder().values()]
      .filter(({ special }) => special)
      .map(({ content }) => content),
    tokenToId: (token) => inner.token_to_id(token),
    idToToken: (id) => inner.id_to_token(id),
    applyChatTemplate: chatTemplate(config, { renderer, template }),
  };
}
