import { describe, expect, it } from "vitest";
import { encoderConfigJson, parseEncoderConfig } from "../../src";
import { tinyEncoder } from "./tiny-encoder";

describe("parseEncoderConfig", () => {
  it("has the defaults of BertConfig and RobertaConfig", () => {
    const bert = parseEncoderConfig({ model_type: "bert" });
    expect(bert).toMatchObject({
      task: "classification",
      labels: ["LABEL_0", "LABEL_1"],
      vocabSize: 30522,
      typeVocabSize: 2,
      hiddenSize: 768,
      intermediateSize: 3072,
      numHiddenLayers: 12,
      numAttentionHeads: 12,
      maxPositionEmbeddings: 512,
      hiddenAct: "gelu",
      hiddenDropout: 0.1,
      attentionDropout: 0.1,
      classifierDropout: 0.1,
      initializerRange: 0.02,
      layerNormEps: 1e-12,
      padTokenId: 0,
      tieWordEmbeddings: true,
    });
    const roberta = parseEncoderConfig({ model_type: "roberta", hidden_dropout_prob: 0.2 });
    expect(roberta).toMatchObject({ vocabSize: 50265, padTokenId: 1, classifierDropout: 0.2 });
  });

  it.each<[string, object]>([
    ["classification", { architectures: ["BertForSequenceClassification"] }],
    ["masked-lm", { architectures: ["BertForMaskedLM"], problem_type: "regression" }],
    ["regression", { num_labels: 1 }],
    ["regression", { id2label: { 0: "score" } }],
    ["regression", { num_labels: 1, problem_type: "regression" }],
    ["classification", { num_labels: 1, problem_type: "single_label_classification" }],
  ])("finds the task %s in %j", (task, json) => {
    expect(tinyEncoder(json).task).toBe(task);
  });

  it("reads the names of classes in their order", () => {
    expect(tinyEncoder({ id2label: { 1: "good", 0: "bad" } }).labels).toEqual(["bad", "good"]);
  });

  it.each<[string, object]>([
    ["model_type", { model_type: "llama" }],
    ["architectures[0]", { architectures: ["BertForQuestionAnswering"] }],
    ["architectures[0]", { architectures: ["RobertaForMaskedLM"] }],
    ["architectures[0]", { architectures: [] }],
    ["problem_type", { problem_type: "multi_label_classification" }],
    ["num_labels", { num_labels: 3, problem_type: "regression" }],
    ["num_labels", { num_labels: 1e9 }],
    ["num_labels", { num_labels: 0 }],
    ["id2label", { id2label: { 0: "a", 2: "b" } }],
    ["id2label", { id2label: {} }],
    ["id2label", { id2label: ["a"] }],
    ["hidden_size", { hidden_size: 1.5 }],
    ["num_attention_heads", { num_attention_heads: 3 }],
    ["num_hidden_layers", { num_hidden_layers: 1e6 }],
    ["hidden_dropout_prob", { hidden_dropout_prob: 1 }],
    ["attention_probs_dropout_prob", { attention_probs_dropout_prob: -0.1 }],
    ["classifier_dropout", { classifier_dropout: "0.1" }],
    ["layer_norm_eps", { layer_norm_eps: 0 }],
    ["hidden_act", { hidden_act: "mish" }],
    ["pad_token_id", { pad_token_id: 40 }],
    ["max_position_embeddings", { model_type: "roberta", max_position_embeddings: 2 }],
    ["position_embedding_type", { position_embedding_type: "relative_key" }],
    ["is_decoder", { is_decoder: true }],
    ["add_cross_attention", { add_cross_attention: true }],
  ])("refuses a wrong %s: %j", (key, changes) => {
    expect(() => tinyEncoder(changes)).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", fields: expect.objectContaining({ key }) }),
    );
  });

  it("refuses what is not an object", () => {
    for (const json of [null, [], "bert"])
      expect(() => parseEncoderConfig(json)).toThrow(
        expect.objectContaining({ code: "ERR_CONFIG" }),
      );
  });
});

describe("encoderConfigJson", () => {
  it("gives back what was read, unknown keys included", () => {
    const json = { model_type: "roberta", hidden_size: 24, num_attention_heads: 2, extra: [1] };
    expect(encoderConfigJson(parseEncoderConfig(json))).toEqual(json);
  });

  it("writes changed fields anew", () => {
    const config = { ...tinyEncoder(), task: "classification" as const, labels: ["a", "b", "c"] };
    const json = encoderConfigJson(config);
    expect(json).toMatchObject({ id2label: { 0: "a", 1: "b", 2: "c" }, label2id: { c: 2 } });
    expect(parseEncoderConfig(json)).toMatchObject({ labels: config.labels, task: config.task });
  });

  it("refuses changes that do not fit", () => {
    expect(() => encoderConfigJson({ ...tinyEncoder(), numAttentionHeads: 5 })).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG" }),
    );
  });
});
