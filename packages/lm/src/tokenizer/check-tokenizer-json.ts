import { LmError } from "../errors";

/** Ids from this value on are rejected: the largest published vocabularies have some 300,000 tokens. */
const idLimit = 2 ** 22;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < idLimit;

function refuse(key: string, wanted: string, value: unknown): never {
  const shown = typeof value === "object" ? "something else" : String(value).slice(0, 60);
  throw new LmError(
    "ERR_FORMAT",
    `lm/createTokenizer: tokenizer.json: ${key} must be ${wanted}, got ${shown}`,
    { fields: { file: "tokenizer.json", key } },
  );
}

const idWanted = `a whole number from 0 to below ${idLimit}`;

/** Ids by token, or, in Unigram models, [token, score] by id. */
function checkVocabulary(vocab: unknown): void {
  if (Array.isArray(vocab)) {
    if (vocab.length > idLimit) refuse("model.vocab", `at most ${idLimit} tokens`, vocab.length);
    for (const [id, entry] of vocab.entries()) {
      const isEntry =
        Array.isArray(entry) && typeof entry[0] === "string" && Number.isFinite(entry[1]);
      if (!isEntry) refuse(`model.vocab[${id}]`, "a token and its score", entry);
    }
    return;
  }
  if (!isObject(vocab)) refuse("model.vocab", "an object of ids by token, or a list", vocab);
  for (const [token, id] of Object.entries(vocab as object))
    if (!isId(id)) refuse(`model.vocab["${token.slice(0, 40)}"]`, idWanted, id);
}

function checkMerges(merges: unknown): void {
  if (merges === undefined || merges === null) return;
  if (!Array.isArray(merges)) refuse("model.merges", "a list", merges);
  for (const [i, merge] of (merges as unknown[]).entries()) {
    const pair = typeof merge === "string" ? merge.split(" ") : merge;
    const isPair =
      Array.isArray(pair) && pair.length === 2 && pair.every((t) => typeof t === "string");
    if (!isPair) refuse(`model.merges[${i}]`, "two tokens", merge);
  }
}

/**
 * Checks what the tokenizer library does not validate: ids, merges and added tokens.
 * @throws {LmError} `ERR_FORMAT` naming the key
 */
export function checkTokenizerJson(json: unknown): void {
  if (!isObject(json)) refuse("the file", "a JSON object", json);
  const { model, added_tokens: added } = json as Record<string, unknown>;
  if (!isObject(model)) refuse("model", "an object", model);
  const { vocab, merges } = model as Record<string, unknown>;
  checkVocabulary(vocab);
  checkMerges(merges);
  if (!Array.isArray(added)) refuse("added_tokens", "a list", added);
  for (const [i, token] of (added as unknown[]).entries()) {
    if (!isObject(token) || typeof token.content !== "string")
      refuse(`added_tokens[${i}].content`, "text", isObject(token) ? token.content : token);
    const { id } = token as { id: unknown };
    if (!isId(id)) refuse(`added_tokens[${i}].id`, idWanted, id);
  }
}
