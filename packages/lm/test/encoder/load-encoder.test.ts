import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, memory, writeSafetensors } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type EncoderConfig,
  EncoderModel,
  encoderConfigJson,
  isEncoderFolder,
  loadEncoder,
  parseEncoderConfig,
  saveEncoder,
} from "../../src";
import { encoderPlan } from "../../src/encoder/encoder-plan";
import { maskedLm, roberta, robertaMaskedLm, tinyEncoder } from "./tiny-encoder";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deepgrain-encoder-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const configs = [
  {},
  { num_labels: 1 },
  { id2label: { 0: "a", 1: "b", 2: "c" } },
  maskedLm,
  { ...maskedLm, tie_word_embeddings: false },
  roberta,
  { ...roberta, type_vocab_size: 1 },
  robertaMaskedLm,
  { ...robertaMaskedLm, tie_word_embeddings: false },
];

type Weights = Record<string, { shape: readonly number[]; data: Float32Array }>;

function weightsOf(model: EncoderModel): Weights {
  return Object.fromEntries(
    [...model.namedWeights()].map(([name, weight]) => [
      name,
      { shape: weight.shape, data: weight.dataSync().slice() as Float32Array },
    ]),
  );
}

async function writeFolder(config: EncoderConfig, weights: Weights): Promise<void> {
  await writeFile(join(folder, "config.json"), JSON.stringify(encoderConfigJson(config)));
  const list = Object.entries(weights).map(([name, { shape, data }]) => ({
    name,
    shape,
    data: async () => data,
  }));
  await writeSafetensors(join(folder, "model.safetensors"), list);
}

describe("encoderPlan", () => {
  it.each(configs)(
    "names the weights of %j with their shapes, as the model has them",
    (changes) => {
      const config = tinyEncoder(changes);
      const model = new EncoderModel(config, { generator: null });
      const own = [...model.namedWeights()].map(([name, { shape }]) => [name, [...shape]] as const);
      const planned = [...encoderPlan(config)].map(([name, shape]) => [name, [...shape]] as const);
      expect(new Map(planned)).toEqual(new Map(own));
      expect(planned).toHaveLength(own.length);
      model.dispose();
    },
  );
});

// Before the tests that leave models to the garbage collector, which may free them while bytes are counted.
describe("memory of loadEncoder that fails", () => {
  it.each<[string, object, string]>([
    ["vocabulary", { vocab_size: 4e7 }, "ERR_SHAPE"],
    ["width", { hidden_size: 4e8 }, "ERR_SHAPE"],
    ["positions", { max_position_embeddings: 1e9 }, "ERR_SHAPE"],
    ["labels", { num_labels: 100_000 }, "ERR_SHAPE"],
    ["layers", { num_hidden_layers: 10_000 }, "ERR_MISSING"],
  ])(
    "refuses a configuration that lies about the %s before memory is taken",
    async (_, lie, code) => {
      const model = new EncoderModel(tinyEncoder());
      await saveEncoder(folder, model);
      model.dispose();
      const json = { ...tinyEncoder().source, ...lie };
      await writeFile(join(folder, "config.json"), JSON.stringify(json));
      const before = memory().bytes;
      await expect(loadEncoder(folder)).rejects.toMatchObject({ code });
      expect(memory().bytes).toBe(before);
    },
  );

  it("leaves nothing behind when loading is aborted", async () => {
    const model = new EncoderModel(parseEncoderConfig(tinyEncoder().source));
    await saveEncoder(folder, model);
    model.dispose();
    const controller = new AbortController();
    const before = memory().bytes;
    const loading = loadEncoder(folder, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(loading).rejects.toThrow("enough");
    expect(memory().bytes).toBe(before);
  });
});

describe("saveEncoder and loadEncoder", () => {
  it.each(configs)("give every weight of %j back", async (changes) => {
    const model = new EncoderModel(tinyEncoder(changes), { generator: new Generator(3) });
    await saveEncoder(folder, model);
    const again = await loadEncoder(folder);
    expect(weightsOf(again)).toEqual(weightsOf(model));
    expect(again.config).toEqual(model.config);
    expect(await isEncoderFolder(folder)).toBe(true);
  });

  it("read the names of old files, base models without a prefix, and what other heads left", async () => {
    const config = tinyEncoder(maskedLm);
    const weights = weightsOf(new EncoderModel(config));
    const old: Weights = {
      "embeddings.position_ids": { shape: [1, 2], data: Float32Array.of(0, 1) },
      "pooler.dense.weight": { shape: [1], data: Float32Array.of(1) },
      "cls.seq_relationship.bias": { shape: [2], data: Float32Array.of(1, 2) },
      "cls.predictions.decoder.weight": weights["bert.embeddings.word_embeddings.weight"]!,
    };
    for (const [name, weight] of Object.entries(weights))
      old[
        name
          .replace(/^bert\./, "")
          .replace("LayerNorm.weight", "LayerNorm.gamma")
          .replace("LayerNorm.bias", "LayerNorm.beta")
          .replace("cls.predictions.bias", "cls.predictions.decoder.bias")
      ] = weight;
    await writeFolder(config, old);
    expect(weightsOf(await loadEncoder(folder))).toEqual(weights);
  });

  it("replace the head and keep the encoder, drawing the same head from the same seed", async () => {
    const pretrained = new EncoderModel(tinyEncoder(maskedLm));
    await saveEncoder(folder, pretrained);
    const load = () =>
      loadEncoder(folder, {
        newHead: {
          task: "classification",
          labels: ["no", "yes", "maybe"],
          generator: new Generator(5),
        },
      });
    const model = await load();
    const [before, after] = [weightsOf(pretrained), weightsOf(model)];
    for (const [name, weight] of Object.entries(before))
      if (name.startsWith("bert.")) expect(after[name]).toEqual(weight);
    expect(Object.keys(after)).toEqual(expect.arrayContaining(["classifier.weight"]));
    expect(after["classifier.weight"]!.shape).toEqual([3, 16]);
    expect(after["bert.pooler.dense.weight"]!.data.some((x) => x !== 0)).toBe(true);
    expect(weightsOf(await load())).toEqual(after);
    expect(encoderConfigJson(model.config)).toMatchObject({
      architectures: ["BertForSequenceClassification"],
      problem_type: "single_label_classification",
      id2label: { 0: "no", 1: "yes", 2: "maybe" },
    });
  });

  it("keep the file's pooler under a new head, and count one label for regression", async () => {
    const classifier = new EncoderModel(tinyEncoder());
    await saveEncoder(folder, classifier);
    const model = await loadEncoder(folder, { newHead: { task: "regression" } });
    const [before, after] = [weightsOf(classifier), weightsOf(model)];
    expect(after["bert.pooler.dense.weight"]).toEqual(before["bert.pooler.dense.weight"]);
    expect(after["classifier.weight"]!.shape).toEqual([1, 16]);
    expect(model.config).toMatchObject({ task: "regression", labels: ["LABEL_0"] });
  });

  it("take a pretraining class only under a new head", async () => {
    const model = new EncoderModel(tinyEncoder(maskedLm));
    await saveEncoder(folder, model);
    const json = { ...encoderConfigJson(model.config), architectures: ["BertForPreTraining"] };
    await writeFile(join(folder, "config.json"), JSON.stringify(json));
    await expect(loadEncoder(folder)).rejects.toMatchObject({ code: "ERR_CONFIG" });
    const classifier = await loadEncoder(folder, { newHead: { task: "classification" } });
    expect(classifier.config.task).toBe("classification");
  });

  it("name what is missing and unexpected, and shapes that differ", async () => {
    const config = tinyEncoder();
    const weights = weightsOf(new EncoderModel(config));
    const { "classifier.bias": bias, ...rest } = weights;
    await writeFolder(config, rest);
    await expect(loadEncoder(folder)).rejects.toMatchObject({
      code: "ERR_MISSING",
      fields: { missing: ["classifier.bias"], unexpected: [] },
    });
    await writeFolder(config, { ...weights, extra: bias! });
    await expect(loadEncoder(folder)).rejects.toMatchObject({
      code: "ERR_MISSING",
      fields: { missing: [], unexpected: ["extra"] },
    });
    const lenient = await loadEncoder(folder, { strict: false });
    expect(weightsOf(lenient)).toEqual(weights);
    await writeFolder(tinyEncoder({ num_labels: 3 }), weights);
    await expect(loadEncoder(folder)).rejects.toMatchObject({ code: "ERR_SHAPE" });
  });

  it("refuse folders without a configuration or with another family", async () => {
    await expect(isEncoderFolder(folder)).rejects.toMatchObject({ code: "ERR_MISSING" });
    await expect(loadEncoder(folder)).rejects.toMatchObject({ code: "ERR_MISSING" });
    await writeFile(join(folder, "config.json"), '{"model_type": "llama"}');
    expect(await isEncoderFolder(folder)).toBe(false);
    for (const options of [{}, { newHead: { task: "classification" as const } }])
      await expect(loadEncoder(folder, options)).rejects.toMatchObject({ code: "ERR_CONFIG" });
  });
});
