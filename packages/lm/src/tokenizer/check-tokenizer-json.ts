import { atOnce, type Budget } from "@deepgrain/support";
import { LmError } from "../errors";
import { walkJson } from "../walk-json";

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
function checkVocabulary(vocab: unknown, budget: Budget): void {
  if (Array.isArray(vocab)) {
    budget.spendEntries(vocab.length);
    if (vocab.length > idLimit) refuse("model.vocab", `at most ${idLimit} tokens`, vocab.length);
    for (const [id, entry] of vocab.entries()) {
      const isEntry =
        Array.isArray(entry) && typeof entry[0] === "string" && Number.isFinite(entry[1]);
      if (!isEntry) refuse(`model.vocab[${id}]`, "a token and its score", entry);
    }
    return;
  }
  if (!isObject(vocab)) refuse("model.vocab", "an object of ids by token, or a list", vocab);
  const ids = Object.entries(vocab as object);
  budget.spendEntries(ids.length);
  for (const [token, id] of ids)
    if (!isId(id)) refuse(`model.vocab["${token.slice(0, 40)}"]`, idWanted, id);
}

function checkMerges(merges: unknown, budget: Budget): void {
  if (merges === undefined || merges === null) return;
  if (!Array.isArray(merges)) refuse("model.merges", "a list", merges);
  budget.spendEntries((merges as unknown[]).length);
  for (const [i, merge] of (merges as unknown[]).entries()) {
    const pair = typeof merge === "string" ? merge.split(" ") : merge;
    const isPair =
      Array.isArray(pair) && pair.length === 2 && pair.every((t) => typeof t === "string");
    if (!isPair) refuse(`model.merges[${i}]`, "two tokens", merge);
  }
}

/** The keys of what stands around the model: steps with their patterns and texts. */
const surroundings = ["normalizer", "pre_tokenizer", "post_processor", "decoder"];

/**
 * Checks what the tokenizer library does not validate: ids, merges and added tokens, and how much stands around them.
 * @throws {LmError} `ERR_FORMAT` naming the key; `ERR_LIMIT`
 */
export function checkTokenizerJson(json: unknown, budget: Budget): void {
  if (!isObject(json)) refuse("the file", "a JSON object", json);
  const { model, added_tokens: added } = json as Record<string, unknown>;
  if (!isObject(model)) refuse("model", "an object", model);
  const { vocab, merges } = model as Record<string, unknown>;
  checkVocabulary(vocab, budget);
  checkMerges(merges, budget);
  for (const key of surroundings)
    atOnce(
      walkJson((json as Record<string, unknown>)[key] ?? null, budget, (names, what) => {
        const place = [key, ...names].join(".").slice(0, 100);
        throw new LmError("ERR_FORMAT", `lm/createTokenizer: tokenizer.json: ${place}: ${what}`, {
          fields: { file: "tokenizer.json", key: place },
        });
      }),
    );
  if (!Array.isArray(added)) refuse("added_tokens", "a list", added);
  budget.spendEntries((added as unknown[]).length);
  for (const [i, token] of (added as unknown[]).entries()) {
    if (!isObject(token) || typeof token.content !== "string")
      refuse(`added_tokens[${i}].content`, "text", isObject(token) ? token.content : token);
    const { id } = token as { id: unknown };
    if (!isId(id)) refuse(`added_tokens[${i}].id`, idWanted, id);
  }
}
