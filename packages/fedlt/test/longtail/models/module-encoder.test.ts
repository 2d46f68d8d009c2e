import { memory, nn, relu, type Tensor } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { fromNamed, Mlp, moduleEncoder, SmallCnn, toNamed } from "../../../src/longtail/models";
import {
  createClassifier,
  createTrainer,
  ditto,
  fedAvg,
  finishFederation,
  flatten,
  inProcessTransport,
  memoryPersonalModels,
  mlpEncoder,
  moon,
  redGrape,
  stream,
} from "../../support/all";
import { toyClients, toyData, toyInitial, toyLocal, toyTrainer } from "../../support/toy";

const toyModule = () =>
  moduleEncoder({ build: () => new Mlp([4, 8]), inputShape: [4], width: 8, prefix: "enc.layers_" });

class Normed extends nn.Module {
  dense = new nn.Linear(4, 6);
  norm = new nn.BatchNorm(6);
  forward(x: Tensor): Tensor {
    return relu(this.norm.forward(this.dense.forward(x)));
  }
}

describe("moduleEncoder", () => {
  it.each([
    ["RedGrape's balanced step", redGrape({ local: toyLocal, threshold: 4 })],
    ["MOON's loss of features", moon({ local: toyLocal })],
    ["Ditto's second training", ditto({ local: toyLocal })],
  ])("trains as the plain-loop encoder does, %s included", async (_name, strategy) => {
    const rename = (name: string) => name.replace(/^enc\.(\d)/, "enc.layers_.layers.$1");
    const encoder = toyModule();
    const initial = await toyInitial();
    const personal = memoryPersonalModels();
    const train = createTrainer({ encoder, data: (id) => toyData(id), personal });
    const options = { strategy, rounds: 3, seed: 2 };
    const plain = await finishFederation({
      ...options,
      initial,
      transport: inProcessTransport({
        clients: toyClients,
        train: toyTrainer(memoryPersonalModels()),
      }),
    });
    const { state } = await finishFederation({
      ...options,
      initial: new Map([...initial].map(([name, t]) => [rename(name), t])),
      transport: inProcessTransport({ clients: toyClients, train }),
    });
    for (const [name, { data }] of plain.state.params)
      expect(state.params.get(rename(name))!.data).toBeAllclose(data, { rtol: 1e-3, atol: 1e-4 });
    encoder.dispose();
  });

  it("averages running statistics and never gives them gradients", async () => {
    const encoder = moduleEncoder({ build: () => new Normed(), inputShape: [4], width: 6 });
    const initial = await createClassifier(encoder, { classes: 3, seed: 1 });
    expect([...initial.keys()]).toContain("enc.norm.runningMean");
    const transport = inProcessTransport({
      clients: toyClients,
      train: createTrainer({ encoder, data: (id) => toyData(id) }),
    });
    const { state } = await finishFederation({
      transport,
      strategy: fedAvg({ local: toyLocal, serverLr: 0.5 }),
      initial,
      rounds: 2,
    });
    const moved = state.params.get("enc.norm.runningMean")!.data;
    expect(Math.max(...moved.map(Math.abs))).toBeGreaterThan(0.1);
    encoder.dispose();
  });

  it("reads pictures of any side from 4 pixels on", async () => {
    for (const side of [4, 7, 14, 28]) {
      const encoder = moduleEncoder({
        build: () => new SmallCnn({ side, width: 3 }),
        inputShape: [1, side, side],
        width: 3,
      });
      const params = await encoder.initialize(stream(3, "x"));
      const inputs = new Float32Array(2 * side * side).fill(0.5);
      const { features } = await encoder.forward(params, inputs, 2, stream(4, "dropout"));
      expect(features).toHaveLength(6);
      encoder.dispose();
    }
    for (const side of [3, 6.5, Number.NaN])
      expect(() => new SmallCnn({ side })).toThrow("SmallCnn: side");
  });

  it("gives the same first weights and dropout for the same seed, and frees what it used", async () => {
    const encoder = moduleEncoder({
      build: () => new SmallCnn({ side: 8, dropout: 0.5, width: 5 }),
      inputShape: [1, 8, 8],
      width: 5,
    });
    const params = await encoder.initialize(stream(3, "x"));
    expect(flatten(await encoder.initialize(stream(3, "x")))).toEqual(flatten(params));
    const inputs = Float32Array.from({ length: 2 * 64 }, (_, i) => Math.sin(i));
    const step = async () => {
      const pass = await encoder.forward(params, inputs, 2, stream(4, "dropout"));
      return {
        features: pass.features,
        gradients: await pass.backward(new Float32Array(10).fill(1)),
      };
    };
    const first = await step();
    const before = memory().bytes;
    expect(await step()).toEqual(first);
    expect(memory().bytes).toBe(before);
    expect([...first.gradients.keys()]).toEqual([...params.keys()]);
    encoder.dispose();
  });

  it("refuses to start a second pass within the first, and weights that do not fit", async () => {
    const encoder = toyModule();
    const params = await encoder.initialize(stream(1, "x"));
    const inputs = new Float32Array(4).fill(1);
    const pass = await encoder.forward(params, inputs, 1, Math.random);
    expect(() => encoder.forward(params, inputs, 1, Math.random)).toThrow(
      expect.objectContaining({ code: "ERR_STATE" }),
    );
    await pass.backward(new Float32Array(8));
    expect(() => encoder.encode(new Map(), inputs, 1)).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
    encoder.dispose();
  });
});

describe("toNamed and fromNamed", () => {
  it("copy a module's tensors out and back in, or nothing at all", async () => {
    const [source, target] = [new Mlp([3, 2]), new Mlp([3, 2])];
    const tensors = await toNamed(source, { prefix: "m" });
    fromNamed(target, tensors, { prefix: "m" });
    expect(await toNamed(target, { prefix: "m" })).toEqual(tensors);
    const cut = new Map(tensors);
    cut.delete("m.layers.0.bias");
    expect(() => fromNamed(target, cut, { prefix: "m" })).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
    source.dispose();
    target.dispose();
  });
});

it("mlpEncoder refuses widths below 1", () => {
  expect(() => mlpEncoder([4, 0])).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
});
