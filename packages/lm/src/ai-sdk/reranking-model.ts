import type {
  RerankingModelV3,
  RerankingModelV3CallOptions,
  SharedV3Warning,
} from "@ai-sdk/provider";
import { takeTurn } from "@deepgrain/support";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { encodeTexts } from "../encoder/encode-texts";
import type { EncoderModel } from "../encoder/encoder-model";
import { encoderFamily } from "../encoder/families";
import { longestText } from "../encoder/longest-text";
import { rowBatches } from "../encoder/row-batches";
import { fail, having, listOf, oneOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { Tokenizer } from "../tokenizer";
import { assertMatches, checkedText, checkedTexts, wholeIds } from "./texts";
import { warningsOf } from "./warnings";

/** Options of `rerankingModel`. */
export interface RerankingModelOptions {
  /** Name of the model in results and logs. Default: its family's. */
  modelId?: string | undefined;
}

const where = "rerankingModel";

type Pair = readonly [query: string, document: string];

/** @throws {LmError} `ERR_MISMATCH` for a head that is no single number */
function assertScores({ config: { task, labels } }: EncoderModel): void {
  const hasScore = (task === "regression" || task === "classification") && labels.length === 1;
  if (hasScore) return;
  const got = task === "classification" ? `one with ${labels.length}` : `one for ${task}`;
  fail("ERR_MISMATCH", `${where}: model must be an encoder with one label, got ${got}`);
}

/** The texts of documents, objects as JSON. @throws {LmError} `ERR_ARGUMENT` for what is none */
function textsOf({ documents }: RerankingModelV3CallOptions): readonly string[] {
  const { type, values } = having(where, "documents", documents, "type", "values");
  oneOf(where, "documents.type", type, ["text", "object"]);
  listOf(where, "documents.values", values);
  if (type === "text") return values;
  try {
    return values.map((value) => JSON.stringify(value));
  } catch (cause) {
    return fail("ERR_ARGUMENT", `${where}: documents must be JSON`, {}, cause);
  }
}

/** The tokens of each pair. @throws {LmError} `ERR_RANGE` for one that is too long */
async function pairLengths(
  model: EncoderModel,
  tokenizer: Tokenizer,
  { query, documents }: { query: string; documents: readonly string[] },
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const longest = longestText(model);
  const marks = encoderFamily(model.config).separators + 2;
  const encoding = { addSpecialTokens: false, longest, signal };
  const asked = { ...encoding, others: marks };
  const start = await wholeIds({ where, name: "query" }, tokenizer, query, asked);
  const others = start.length + marks;
  const lengths: number[] = [];
  for (const [i, text] of documents.entries()) {
    const name = `documents[${i}], with the query,`;
    const ids = await wholeIds({ where, name }, tokenizer, text, { ...encoding, others });
    lengths.push(ids.length + others);
  }
  return lengths;
}

/** The head's number for each pair. */
async function logitsOf(
  model: EncoderModel,
  tokenizer: Tokenizer,
  pairs: readonly Pair[],
): Promise<Float32Array> {
  const logits = tidy(() =>
    noGrad(() => model.forward(encodeTexts(tokenizer, model.config, pairs))),
  );
  try {
    return ((await logits.data()) as Float32Array).slice();
  } finally {
    logits.dispose();
  }
}

/** The head's number for each pair, in their order. */
async function allLogits(
  model: EncoderModel,
  tokenizer: Tokenizer,
  pairs: readonly Pair[],
  { lengths, signal }: { lengths: readonly number[]; signal: AbortSignal | undefined },
): Promise<number[]> {
  const found: number[] = [];
  const wasTraining = model.training;
  model.eval();
  try {
    for (const batch of rowBatches(lengths)) {
      await takeTurn();
      signal?.throwIfAborted();
      const own = batch.map((row) => pairs[row]!);
      const logits = await logitsOf(model, tokenizer, own);
      for (const [i, row] of batch.entries()) found[row] = logits[i]!;
    }
  } finally {
    if (wasTraining) model.train();
  }
  return found;
}

const asJson: SharedV3Warning = {
  type: "compatibility",
  feature: "object documents",
  details: "they are read as JSON",
};

/**
 * A cross-encoder as a reranking model of Vercel's AI SDK, in process:
 * `rerank({ model: rerankingModel(model, tokenizer), query, documents })`. It reads the query and a document together; the
 * relevance is 1 / (1 + e^−x) of its head's number x, and equal ones keep their order. Objects are read as JSON. A pair that is
 * longer than the model reads is refused, and none is cut.
 *
 * @param model an encoder whose head has one label, such as `cross-encoder/ms-marco-MiniLM-L6-v2` and `BAAI/bge-reranker-base`
 * @throws {LmError} `ERR_ARGUMENT`; `ERR_MISMATCH` for another head, or for a tokenizer with more tokens than the model; in a
 *   call `ERR_RANGE` for no documents or more than 2048, for an empty text, for a pair that is too long and for `topN` below 1
 * @see Nogueira and Cho 2019, section 3; `RerankingModelV3` of @ai-sdk/provider 3 and 4, which `ai` 6 and 7 take
 */
export function rerankingModel(
  model: EncoderModel,
  tokenizer: Tokenizer,
  options: RerankingModelOptions = {},
): RerankingModelV3 {
  const { modelId, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest, ["modelId"]);
  having(where, "model", model, "config", "forward");
  having(where, "tokenizer", tokenizer, "encode", "encodeInTurns", "vocabSize");
  assertScores(model);
  assertMatches(where, model, tokenizer);

  return {
    specificationVersion: "v3",
    provider: "deepgrain",
    modelId: modelId ?? model.config.modelType,
    async doRerank(call) {
      const { query, topN, abortSignal: signal } = call;
      if (topN !== undefined) whole(where, "topN", topN, { min: 1 });
      checkedText(where, "query", query);
      const documents = checkedTexts({ where, name: "documents" }, textsOf(call));
      const lengths = await pairLengths(model, tokenizer, { query, documents }, signal);
      const pairs = documents.map((text): Pair => [query, text]);
      const logits = await allLogits(model, tokenizer, pairs, { lengths, signal });
      const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!);
      return {
        ranking: order.slice(0, topN).map((index) => ({
          index,
          relevanceScore: 1 / (1 + Math.exp(-logits[index]!)),
        })),
        warnings: [...warningsOf(call), ...(call.documents.type === "object" ? [asJson] : [])],
      };
    },
  };
}
