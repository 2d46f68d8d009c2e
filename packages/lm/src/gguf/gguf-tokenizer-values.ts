/** @file What the head of a GGUF file says of a tokenizer, by the keys that llama.cpp reads. */
import { LmError } from "../errors";
import { byteLevelPatterns } from "../tokenizer/bpe-tokenizer-json";
import type { TokenizerFiles } from "../tokenizer/tokenizer-files";
import type { AddedToken, TokenizerConfigJson, TokenizerJson } from "../tokenizer/tokenizer-json";
import { bool, type TypedValue, text, uint32 } from "./encode-gguf";
import { preTokenizers, TokenKind } from "./gguf-vocabulary";

const refuse = (key: string, problem: string, value?: unknown) =>
  new LmError("ERR_CONFIG", `lm/saveGguf: ${problem}`, { fields: { key, value } });

/** llama.cpp's name of the patterns by which a tokenizer splits. @throws {LmError} `ERR_CONFIG` for those without one */
function preTokenizerName(json: TokenizerJson): string {
  if (json.normalizer !== null)
    throw refuse("normalizer", "a byte-level tokenizer must not normalise texts");
  const patterns = byteLevelPatterns(json.pre_tokenizer);
  const found = Object.entries(preTokenizers).find(
    ([, known]) =>
      known.length === patterns?.length && known.every((pattern, i) => pattern === patterns[i]),
  );
  if (found) return found[0];
  const type = (json.pre_tokenizer as { type?: string } | null)?.type ?? "none";
  const got = patterns?.join(" ") ?? `a pre_tokenizer of type ${type}`;
  throw refuse(
    "pre_tokenizer",
    `llama.cpp must have a name for the tokenizer's splitting pattern, got ${got}`,
    got,
  );
}

const isByte = (token: string) => /^<0x[0-9A-F]{2}>$/.test(token);

/** SentencePiece's steps: spaces become U+2581, bytes stand for unknown characters. */
function putsSpace({ normalizer, pre_tokenizer }: TokenizerJson): boolean {
  const steps = JSON.stringify([normalizer, pre_tokenizer]);
  if (!steps.includes("\u2581"))
    throw refuse("normalizer", "a tokenizer with byte fallback must write spaces as U+2581");
  return /"type":"Prepend"|"prepend_scheme":"(first|always)"/.test(steps);
}

/** A piece's score is the order in which merges make it: the first merge has the highest. */
function scoresOf(tokens: readonly string[], { model }: TokenizerJson): number[] {
  const ranks = new Map<string, number>();
  for (const [rank, merge] of mergesOf(model.merges).entries()) {
    const piece = merge.join("");
    if (!ranks.has(piece)) ranks.set(piece, rank);
  }
  return tokens.map((token) => -(ranks.get(token) ?? (isByte(token) ? 0 : ranks.size)));
}

const mergesOf = (merges: readonly (string | readonly string[])[]) =>
  merges.map((merge) => {
    if (typeof merge !== "string") return merge;
    const cut = merge.indexOf(" ", 1);
    return [merge.slice(0, cut), merge.slice(cut + 1)];
  });

/** All tokens by id; ids without one get a name of their own. */
function vocabularyOf(json: TokenizerJson, added: readonly AddedToken[], size: number) {
  const tokens: string[] = [];
  const kinds: number[] = [];
  const put = (id: number, token: string, kind: number) => {
    if (id >= size)
      throw refuse("vocab", `token ${token} has id ${id}, but the model's vocabulary is ${size}`);
    tokens[id] = token;
    kinds[id] = kind;
  };
  for (const [token, id] of Object.entries(json.model.vocab))
    put(id, token, json.model.byte_fallback && isByte(token) ? TokenKind.byte : TokenKind.normal);
  const unknown = json.model.unk_token;
  for (const { id, content, special } of added)
    put(id, content, special ? TokenKind.control : TokenKind.userDefined);
  if (unknown !== null && json.model.vocab[unknown] !== undefined)
    kinds[json.model.vocab[unknown]] = TokenKind.unknown;
  for (let id = 0; id < size; id++)
    if (tokens[id] === undefined) put(id, `[PAD${id}]`, TokenKind.unused);
  return { tokens, kinds };
}

type Role = "bos" | "eos" | "pad" | "unk";

function rolesOf(tokens: readonly string[], config: TokenizerConfigJson) {
  const idOf = (role: Role): number | undefined => {
    const token = config[`${role}_token`];
    const content = typeof token === "string" ? token : token?.content;
    const id = content === undefined ? -1 : tokens.indexOf(content);
    return id < 0 ? undefined : id;
  };
  return { bos: idOf("bos"), eos: idOf("eos"), pad: idOf("pad"), unk: idOf("unk") };
}

/** Whether a text begins with BOS: as the configuration says, or else as the post-processor does. */
function addsBos(
  json: TokenizerJson,
  config: TokenizerConfigJson,
  bos: string | undefined,
): boolean {
  if (config.add_bos_token !== undefined) return config.add_bos_token;
  const steps = JSON.stringify(json.post_processor ?? null);
  return bos !== undefined && steps.includes(`"SpecialToken":{"id":${JSON.stringify(bos)}`);
}

/**
 * The keys of a byte-level BPE, or of BPE over characters with byte fallback as SentencePiece has it.
 *
 * @param size rows of the model's embedding; ids that the tokenizer lacks become unused tokens
 * @throws {LmError} `ERR_CONFIG` for another kind, a splitting pattern without a name in llama.cpp, or a larger vocabulary
 */
export function tokenizerValues(files: TokenizerFiles, size: number): Map<string, TypedValue> {
  const json = files.tokenizer as TokenizerJson;
  const { config = {} } = files;
  if (json.model?.type !== "BPE")
    throw refuse("model.type", `the tokenizer must be BPE, got ${json.model?.type}`);
  const own = json.added_tokens ?? [];
  const known = new Set(own.map(({ id }) => id));
  const fromConfig = Object.entries(config.added_tokens_decoder ?? {})
    .map(([id, token]) => ({ ...token, id: Number(id) }) as AddedToken)
    .filter(({ id }) => !known.has(id));
  const { tokens, kinds } = vocabularyOf(json, [...own, ...fromConfig], size);
  const { bos, eos, pad, unk } = rolesOf(tokens, config);
  const isScored = json.model.byte_fallback;
  const template =
    typeof config.chat_template === "string"
      ? config.chat_template
      : config.chat_template?.find(({ name }) => name === "default")?.template;
  const values: Record<string, TypedValue | undefined> = {
    model: text(isScored ? "llama" : "gpt2"),
    pre: isScored ? undefined : text(preTokenizerName(json)),
    tokens: { type: "strings", value: tokens },
    token_type: { type: "int32s", value: kinds },
    scores: isScored ? { type: "float32s", value: scoresOf(tokens, json) } : undefined,
    merges: isScored
      ? undefined
      : { type: "strings", value: mergesOf(json.model.merges).map((pair) => pair.join(" ")) },
    bos_token_id: bos === undefined ? undefined : uint32(bos),
    eos_token_id: eos === undefined ? undefined : uint32(eos),
    padding_token_id: pad === undefined ? undefined : uint32(pad),
    unknown_token_id: unk === undefined ? undefined : uint32(unk),
    add_bos_token: bool(addsBos(json, config, bos === undefined ? undefined : tokens[bos])),
    add_eos_token: bool(config.add_eos_token ?? false),
    add_space_prefix: isScored ? bool(putsSpace(json)) : undefined,
  };
  const entries = Object.entries(values)
    .filter((entry): entry is [string, TypedValue] => entry[1] !== undefined)
    .map(([key, value]) => [`tokenizer.ggml.${key}`, value] as const);
  if (template !== undefined)
    return new Map([...entries, ["tokenizer.chat_template", text(template)]]);
  return new Map(entries);
}
