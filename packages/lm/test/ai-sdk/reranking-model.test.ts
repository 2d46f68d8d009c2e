import { fileURLToPath } from "node:url";
import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { rerank } from "ai";
import { beforeAll, describe, expect, it } from "vitest";
import { EncoderModel, encodeTexts, loadTokenizer, longestText, type Tokenizer } from "../../src";
import { rerankingModel } from "../../src/ai-sdk";
import { tinyEncoder } from "../encoder/tiny-encoder";

const folder = fileURLToPath(new URL("../fixtures/encoders/minilm", import.meta.url));
const query = "the cat";
const documents = ["a dog", "the cat sat on the mat", "the", "a cat and a dog and the mat"];

let tokenizer: Tokenizer;
beforeAll(async () => {
  setBackend("js");
  tokenizer = await loadTokenizer(folder);
});

/** An encoder of random weights with one label. */
const scorer = (changes: object = {}, seed = 4) =>
  new EncoderModel(
    tinyEncoder({
      vocab_size: tokenizer.vocabSize,
      max_position_embeddings: 32,
      num_labels: 1,
      id2label: { 0: "LABEL_0" },
      initializer_range: 0.5,
      ...changes,
    }),
    { generator: new Generator(seed) },
  );

/** The head's number for each pair, read alone. */
const aloneBy = (model: EncoderModel, texts: readonly string[]) =>
  texts.map(
    (text) =>
      model
        .eval()
        .forward(encodeTexts(tokenizer, model.config, [[query, text]]))
        .dataSync()[0]!,
  );

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe("rerankingModel", () => {
  it.each([
    ["bert", {}],
    ["roberta", { model_type: "roberta", pad_token_id: 1 }],
  ])("sorts documents by the number that the head of %s gives the pair", async (_, changes) => {
    const model = scorer(changes);
    const logits = aloneBy(model, documents);
    const { ranking } = await rerank({ model: rerankingModel(model, tokenizer), query, documents });
    const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!);
    expect(ranking.map(({ originalIndex }) => originalIndex)).toEqual(order);
    expect(new Set(logits).size).toBe(documents.length);
    for (const { originalIndex, score, document } of ranking) {
      expect(score).toBeCloseTo(sigmoid(logits[originalIndex]!), 5);
      expect(document).toBe(documents[originalIndex]);
    }
  });

  it("gives the best, keeps the order of equal ones, and leaves a model in training as it was", async () => {
    const model = scorer().train();
    const many = [...documents, ...documents];
    const reranking = rerankingModel(model, tokenizer, { modelId: "tiny" });
    const { ranking } = await rerank({ model: reranking, query, documents: many, topN: 3 });
    const [best, second, third] = ranking.map(({ originalIndex }) => originalIndex);
    expect(ranking).toHaveLength(3);
    expect(second).toBe(best! + documents.length);
    expect(third).toBeLessThan(documents.length);
    expect([model.training, reranking.modelId]).toEqual([true, "tiny"]);
  });

  it("reads objects as JSON, and says so", async () => {
    const model = scorer();
    const values = [{ cat: "mat" }, { dog: 1 }];
    const logits = aloneBy(model, ['{"cat":"mat"}', '{"dog":1}']);
    const { ranking, warnings } = await rerankingModel(model, tokenizer).doRerank({
      query,
      documents: { type: "object", values },
    });
    for (const { index, relevanceScore } of ranking)
      expect(relevanceScore).toBeCloseTo(sigmoid(logits[index]!), 5);
    expect(warnings).toEqual([
      { type: "compatibility", feature: "object documents", details: "they are read as JSON" },
    ]);
  });
});

describe("bad input of rerankingModel", () => {
  const asked = (call: object) =>
    rerankingModel(scorer(), tokenizer).doRerank({
      query,
      documents: { type: "text", values: documents },
      ...call,
    } as never);
  const texts = (values: unknown) => ({ documents: { type: "text", values } });
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  it.each<[string, object, string, string]>([
    ["no documents", texts([]), "ERR_RANGE", "documents must have 1 to 2048 texts, got 0"],
    [
      "too many",
      texts(Array(2049).fill("a")),
      "ERR_RANGE",
      "documents must have 1 to 2048 texts, got 2049",
    ],
    ["an empty document", texts(["a", ""]), "ERR_RANGE", "documents[1] must not be empty"],
    ["no text", texts([5]), "ERR_ARGUMENT", "documents[0] must be a text, got 5"],
    ["no list", texts("a"), "ERR_ARGUMENT", "documents.values must be a list"],
    ["nothing", { documents: undefined }, "ERR_ARGUMENT", "documents must be an object with type"],
    ["another type", { documents: { type: "x", values: [] } }, "ERR_ARGUMENT", "documents.type"],
    [
      "what is no JSON",
      { documents: { type: "object", values: [circular] } },
      "ERR_ARGUMENT",
      "documents must be JSON",
    ],
    ["an empty query", { query: "" }, "ERR_RANGE", "query must not be empty"],
    ["a query that is too long", { query: "the ".repeat(60) }, "ERR_RANGE", "query must have at"],
    [
      "a document that is too long",
      texts(["the", "the ".repeat(60)]),
      "ERR_RANGE",
      "documents[1], with the query, must have at most 32 tokens, got at least",
    ],
    ["topN of 0", { topN: 0 }, "ERR_RANGE", "topN must be a whole number of at least 1, got 0"],
  ])("is refused: %s", async (_, call, code, message) => {
    await expect(asked(call)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`lm/rerankingModel: ${message}`),
    });
  });

  it("counts the tokens of a pair as encodeTexts does", async () => {
    const model = scorer();
    const room = longestText(model) - 5; // [CLS] the cat [SEP] … [SEP]
    const fits = "the ".repeat(room).trim();
    expect(encodeTexts(tokenizer, model.config, [[query, fits]]).length).toBe(32);
    expect((await asked(texts([fits]))).ranking).toHaveLength(1);
    await expect(asked(texts([`${fits} the`]))).rejects.toMatchObject({
      fields: { maxTokens: 32, leastTokens: 33 },
    });
  });

  it("is a model with another head, another tokenizer, an option that does not exist", () => {
    const two = { num_labels: 2, id2label: { 0: "no", 1: "yes" } };
    expect(() => rerankingModel(scorer(two), tokenizer)).toThrow(
      "model must be an encoder with one label, got one with 2",
    );
    const masked = scorer({ architectures: ["BertForMaskedLM"] });
    expect(() => rerankingModel(masked, tokenizer)).toThrow("got one for masked-lm");
    expect(() => rerankingModel(scorer({ vocab_size: 9 }), tokenizer)).toThrow(
      expect.objectContaining({ code: "ERR_MISMATCH" }),
    );
    expect(() => rerankingModel({} as never, tokenizer)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
    expect(() => rerankingModel(scorer(), tokenizer, { topN: 2 } as never)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
  });

  it("ends when it is aborted", async () => {
    const abortSignal = AbortSignal.abort(new Error("enough"));
    await expect(asked({ abortSignal })).rejects.toThrow("enough");
  });
});
