import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {} from "@deepgrain/vitest/allclose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Generator,
  loadWeights,
  nn,
  ones,
  optim,
  randint,
  randn,
  saveWeights,
  setBackend,
  tensor,
  zeros,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

beforeAll(() => {
  setBackend("js");
});

describe("layers in a row", () => {
  it("apply one after another, with PyTorch's names", () => {
    const generator = new Generator(1);
    const model = new nn.Sequential(
      new nn.Flatten(),
      new nn.Linear(4, 3, { generator }),
      new nn.ReLU(),
      new nn.Linear(3, 2, { generator }),
    );
    const names = [...model.namedTensors()].map(([name]) => name);
    expect(names).toEqual(["1.weight", "1.bias", "3.weight", "3.bias"]);
    const x = randn([5, 2, 2], { generator });
    const [, first, , last] = [0, 1, 2, 3].map((i) => model[i]!);
    const wanted = last!.forward(first!.forward(x.reshape(5, 4)).relu());
    expect(model.forward(x).dataSync()).toEqual(wanted.dataSync());
    expect(model.length).toBe(4);
    expect(model.eval().training).toBe(false);
    expect(model[2]!.training).toBe(false);
    expect(new nn.Sequential().forward(x)).toBe(x);
    expect(thrownBy(() => new nn.Sequential((() => x) as never))).toMatchObject({
      code: "ERR_ARGUMENT",
    });
  });

  it("have activations worked by hand", () => {
    const x = tensor([-1, 0, 2]);
    expect([...new nn.ReLU().forward(x).dataSync()]).toEqual([0, 0, 2]);
    const near = { rtol: 1e-5, atol: 1e-6 };
    expect(new nn.GELU().forward(x).dataSync()).toBeAllclose([-0.15865525, 0, 1.9544997], near);
    const tanh = new nn.GELU({ approximate: "tanh" }).forward(x).dataSync();
    expect(tanh).toBeAllclose([-0.15880801, 0, 1.9545977], near);
    expect(new nn.SiLU().forward(x).dataSync()).toBeAllclose([-0.26894142, 0, 1.7615942], near);
    expect(new nn.Flatten(0, 1).forward(zeros([2, 3, 4])).shape).toEqual([6, 4]);
    expect(thrownBy(() => new nn.GELU({ approximate: "sin" as never }))).toMatchObject({
      code: "ERR_RANGE",
    });
  });

  it("keep their names where a bundler renames their classes", () => {
    const names = Object.entries(nn).filter(([name]) => /^[A-Z]/.test(name) && name !== "Module");
    for (const [name, Layer] of names) {
      expect([name, Object.hasOwn(Layer, "name"), (Layer as { name: string }).name]).toEqual([
        name,
        true,
        name,
      ]);
      // An own, enumerable field: the inferred name of a class is not enumerable, and bundlers change it.
      expect([name, Object.keys(Layer).includes("name")]).toEqual([name, true]);
    }
    expect(`${new nn.Linear(1, 1)}`).toMatch(/^Linear/);
  });
});

describe("a module's weights", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tensor-gpu-weights-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const make = (seed: number) =>
    new nn.Sequential(new nn.Linear(3, 2, { generator: new Generator(seed) }), new nn.BatchNorm(2));

  it.each(["model", "weights.safetensors"])(
    "come back from %s, buffers included",
    async (place) => {
      const [model, other] = [make(1), make(2)];
      model.forward(ones([4, 3]));
      const sgd = new optim.SGD(model.parameters(), { lr: 0.1 });
      model
        .forward(randn([4, 3]))
        .sum()
        .backward();
      sgd.step();
      const path = join(folder, place);
      await saveWeights(path, model);
      await loadWeights(path, other);
      for (const [[name, a], [, b]] of [...model.namedTensors()].map(
        (named, i) => [named, [...other.namedTensors()][i]!] as const,
      ))
        expect([name, a.dataSync()]).toEqual([name, b.dataSync()]);
      if (place === "model") expect(readdirSync(path)).toEqual(["model.safetensors"]);
    },
  );

  it("change all or none, and only under the same names", async () => {
    const path = join(folder, "linear.safetensors");
    await saveWeights(path, new nn.Linear(3, 2));
    const wider = new nn.Linear(3, 4);
    const before = [...wider.weight.dataSync()];
    await expect(loadWeights(path, wider)).rejects.toMatchObject({ code: "ERR_SHAPE" });
    const bare = new nn.Linear(3, 2, { bias: false });
    await expect(loadWeights(path, bare)).rejects.toThrow("the module lacks bias");
    await loadWeights(path, bare, { strict: false });
    expect([...wider.weight.dataSync()]).toEqual(before);
    const named = new nn.Sequential(bare);
    await expect(loadWeights(path, named)).rejects.toThrow("the file lacks 0.weight");
    await expect(saveWeights(bare as never, path as never)).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
    });
    await expect(loadWeights(path, {} as never)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
  });
});

describe("what PyTorch users write", () => {
  it("randint draws whole numbers from low up to high, all of them, as often", () => {
    const drawn = randint(-2, 3, [5000], { generator: new Generator(5) });
    expect(drawn.dtype).toBe("int32");
    const counts = new Map<number, number>();
    for (const value of drawn.dataSync()) counts.set(value, (counts.get(value) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    const again = randint(-2, 3, [5000], { generator: new Generator(5) });
    expect(again.dataSync()).toEqual(drawn.dataSync());
    for (const bad of [() => randint(0, 0, [2]), () => randint(0.5, 2, [2])])
      expect(thrownBy(bad)).toMatchObject({ code: "ERR_RANGE" });
  });

  it("reshape and permute take sizes and axes one by one", () => {
    const x = tensor([1, 2, 3, 4, 5, 6], { shape: [2, 3] });
    expect(x.reshape(3, 2).toArray()).toEqual(x.reshape([3, 2]).toArray());
    expect(x.reshape(-1).shape).toEqual([6]);
    expect(x.permute(1, 0).toArray()).toEqual(x.permute([1, 0]).toArray());
    expect(x.sum().reshape([]).shape).toEqual([]);
    expect(thrownBy(() => x.reshape())).toMatchObject({ code: "ERR_SHAPE" });
    expect(thrownBy(() => x.permute(0, 0))).toMatchObject({ code: "ERR_SHAPE" });
  });
});
