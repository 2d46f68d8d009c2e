import { createWasmBackend, memory, setBackend, type WasmBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  GraphSmote,
  lossNames,
  type TrainOptions,
  trainingWeights,
  trainNodes,
  trainPprgo,
  trainToEnd,
} from "../../src/gnn";
import { type ModelName, modelNames } from "../../src/gnn/models/model-names";
import { seeded } from "../support/seeded";
import { communities } from "./support";

const data = communities();
const split = data.split!;
const CHANCE = 1 / 3;

let backend: WasmBackend;
beforeAll(() => {
  backend = setBackend(createWasmBackend({ threads: 1 })) as WasmBackend;
});
afterAll(() => backend.dispose());

const train = (options: Partial<TrainOptions> = {}) =>
  trainNodes(data, { model: "gcn", random: seeded(1), maxEpochs: 60, lr: 0.03, ...options });

async function testAccuracy(options: Partial<TrainOptions> = {}): Promise<number> {
  const { test, model } = await trainToEnd(train(options));
  model.dispose();
  return test!.accuracy;
}

describe("trainNodes", () => {
  it.each(modelNames)("learns communities with %s", async (model) => {
    expect(await testAccuracy({ model })).toBeGreaterThan(2 * CHANCE);
  });

  it.each(lossNames)("learns with the loss %s, with ReNode's weights too", async (loss) => {
    const nodeWeights = trainingWeights(data, split.train);
    expect(await testAccuracy({ loss })).toBeGreaterThan(2 * CHANCE);
    expect(await testAccuracy({ loss, nodeWeights })).toBeGreaterThan(2 * CHANCE);
  });

  it.each(["gcn", "gat", "sgc", "appnp", "graphsage", "chebnet"] satisfies ModelName[])(
    "learns on sampled neighbours with %s",
    async (model) => {
      const sampling = { fanouts: [3, 3], batchSize: 5 };
      expect(await testAccuracy({ model, sampling })).toBeGreaterThan(2 * CHANCE);
    },
  );

  it("learns with TAM's margins, and only differs once they are warm", async () => {
    expect(await testAccuracy({ tam: {} })).toBeGreaterThan(2 * CHANCE);
    const losses = async (options: Partial<TrainOptions>) => {
      const list: number[] = [];
      for await (const event of train({ maxEpochs: 8, ...options })) {
        if (event.type === "epoch-end") list.push(event.loss);
        else event.model.dispose();
      }
      return list;
    };
    const [plain, tam] = [await losses({}), await losses({ tam: { warmup: 5 } })];
    expect(tam.slice(0, 5)).toEqual(plain.slice(0, 5));
    expect(tam[5]).not.toBe(plain[5]);
  });

  it("learns classes of unequal size with GraphSMOTE", async () => {
    const few = {
      ...split,
      train: split.train.filter((node, v) => data.classes[node] !== 2 || v % 4 === 0),
    };
    const trainClasses = Array.from(few.train, (node) => data.classes[node]!);
    const random = seeded(2);
    const model: TrainOptions["model"] = (generator) =>
      new GraphSmote({
        features: data.features.cols,
        classes: 3,
        generator,
        graph: data.graph,
        trainClasses,
        random,
      });
    expect(await testAccuracy({ model, split: few })).toBeGreaterThan(2 * CHANCE);
    expect(await testAccuracy({ model, split })).toBeGreaterThan(2 * CHANCE);
  });

  it("ignores nodes of weight 0", async () => {
    const wrong = { ...data, classes: data.classes.slice() };
    for (const node of split.train.subarray(0, 2))
      wrong.classes[node] = (wrong.classes[node]! + 1) % 3;
    const nodeWeights = split.train.map((_, v) => Number(v >= 2));
    const last = async (from: typeof data) => {
      const options = { model: "gcn", random: seeded(1), maxEpochs: 5, nodeWeights } as const;
      const { predictions, model } = await trainToEnd(trainNodes(from, options));
      model.dispose();
      return predictions;
    };
    expect(await last(wrong)).toEqual(await last(data));
  });

  it("repeats itself bit by bit for the same random numbers", async () => {
    const events = async () => {
      const list: object[] = [];
      const sampling = { fanouts: [2, 2], batchSize: 4 };
      for await (const event of train({ maxEpochs: 6, sampling })) {
        if (event.type === "train-end") event.model.dispose();
        list.push(event.type === "train-end" ? { ...event, model: null } : event);
      }
      return list;
    };
    expect(await events()).toEqual(await events());
  });

  it("lowers the learning rate after decayAfter, down to minLr, and stops when validation stands still", async () => {
    const rates: number[] = [];
    let epochs = 0;
    const options = {
      decayAfter: 2,
      decay: 0.1,
      minLr: 1e-4,
      minEpochs: 4,
      patience: 1,
      maxEpochs: 100,
      lr: 0.01,
    };
    for await (const event of train(options)) {
      if (event.type === "epoch-end") rates.push(event.lr);
      else {
        epochs = event.epochs;
        event.model.dispose();
      }
    }
    expect(rates.slice(0, 5)).toBeAllclose([0.01, 0.01, 1e-3, 1e-4, 1e-4], { rtol: 1e-12 });
    expect(epochs).toBeGreaterThan(4);
    expect(epochs).toBeLessThan(100);
  });

  it("returns the model of the best epoch", async () => {
    const { model, predictions, validation, bestEpoch, epochs } = await trainToEnd(train());
    expect(bestEpoch).toBeLessThanOrEqual(epochs);
    const again = await trainToEnd(train({ model: () => model, maxEpochs: 1, lr: 1e-30 }));
    expect(again.predictions).toEqual(predictions);
    expect(again.validation).toEqual(validation);
    model.dispose();
  });

  it("leaves no tensor behind, whether it ends, is left or is stopped", async () => {
    await testAccuracy({ maxEpochs: 2 });
    const before = memory().storages;
    await testAccuracy({ maxEpochs: 3, model: "ppnp", weightDecay: 1e-3 });
    await testAccuracy({ maxEpochs: 3, sampling: {}, tam: { warmup: 0 } });
    for await (const _ of train()) break;
    const controller = new AbortController();
    const stopped = async () => {
      for await (const _ of train({ signal: controller.signal }))
        controller.abort(new Error("enough"));
    };
    await expect(stopped()).rejects.toThrow("enough");
    expect(memory().storages).toBe(before);
  });

  it.each([
    ["an unknown model", { model: "rnn" as ModelName }, "ERR_ARGUMENT"],
    ["PPNP on sampled neighbours", { model: "ppnp", sampling: {} }, "ERR_ARGUMENT"],
    ["an unknown loss", { loss: "hinge" as never }, "ERR_ARGUMENT"],
    ["weights of another length", { nodeWeights: [1] }, "ERR_SHAPE"],
    ["a negative weight", { nodeWeights: split.train.map(() => -1) }, "ERR_RANGE"],
    ["no training node", { split: { ...split, train: new Int32Array(0) } }, "ERR_RANGE"],
    ["a node without label", { split: { ...split, test: Int32Array.of(10_000) } }, "ERR_LABEL"],
    ["learning rate 0", { lr: 0 }, "ERR_RANGE"],
    ["no epochs", { maxEpochs: 0 }, "ERR_RANGE"],
    ["a negative weight decay", { weightDecay: -1 }, "ERR_RANGE"],
  ] as [string, Partial<TrainOptions>, string][])("refuses %s", async (_, options, code) => {
    await expect(train(options).next()).rejects.toMatchObject({ code });
  });

  it("asks for a split where the data has none", async () => {
    const { split: _, ...bare } = data;
    const call = trainNodes(bare, { model: "gcn", random: seeded(1) }).next();
    await expect(call).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
  });
});

describe("trainPprgo", () => {
  const pprgo = { random: seeded(1), epochs: 80, lr: 0.02 };

  it("learns communities, with ReNode's weights and few entries per row too", async () => {
    const nodeWeights = trainingWeights(data, split.train, { method: "push" });
    for (const options of [{}, { topK: 4, nodeWeights }]) {
      const { test, validation } = await trainToEnd(trainPprgo(data, { ...pprgo, ...options }));
      expect(test!.accuracy).toBeGreaterThan(2 * CHANCE);
      expect(validation!.accuracy).toBeGreaterThan(2 * CHANCE);
    }
  });

  it("leaves no tensor behind and stops with the signal's reason", async () => {
    const before = memory().storages;
    await trainToEnd(trainPprgo(data, { ...pprgo, epochs: 2 }));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(trainPprgo(data, { ...pprgo, signal }).next()).rejects.toThrow("enough");
    expect(memory().storages).toBe(before);
  });

  it.each([
    [{ nodeWeights: [1] }, "ERR_SHAPE"],
    [{ epochs: 0 }, "ERR_RANGE"],
    [{ split: { ...split, test: Int32Array.of(10_000) } }, "ERR_LABEL"],
    [{ restart: 2 }, "ERR_RANGE"],
    [{ split: { ...split, train: new Int32Array(0) } }, "ERR_RANGE"],
  ])("refuses %o", async (options, code) => {
    await expect(trainPprgo(data, { ...pprgo, ...options }).next()).rejects.toMatchObject({ code });
  });
});
