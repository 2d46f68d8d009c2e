import { Generator, grad, memory, setBackend, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import {
  CausalLM,
  joinHooks,
  KvCache,
  type ModelHooks,
  parseConfig,
  patchActivations,
  recordActivations,
} from "../../src";
import { tinyDeepseekV2, tinyLlama } from "../support/tiny-models";

const gpt2 = () =>
  parseConfig({
    model_type: "gpt2",
    vocab_size: 40,
    n_embd: 16,
    n_layer: 2,
    n_head: 4,
    n_positions: 32,
  });
const ids = [3, 9, 1, 7, 5];
const tokens = { ids, batch: 1, length: ids.length };
const create = (config = gpt2()) => new CausalLM(config, { generator: new Generator(1) }).eval();
const run = (model: CausalLM, hooks: ModelHooks): number[] => [
  ...model.forward(tokens, { hooks }).dataSync(),
];

beforeEach(() => void setBackend("js"));

describe("positions of one's own", () => {
  it("are those that counting gives, or move the tokens", () => {
    const model = create();
    const plain = [...model.forward(tokens).dataSync()];
    const same = model.forward(tokens, { positions: [0, 1, 2, 3, 4] });
    expect([...same.dataSync()]).toEqual(plain);
    const moved = model.forward(tokens, { positions: [4, 5, 6, 7, 8] });
    expect([...moved.dataSync()]).not.toEqual(plain);
  });

  it("turn rotary keys by the distance alone", () => {
    const model = create(tinyLlama());
    const plain = model.forward(tokens).dataSync();
    const moved = model.forward(tokens, { positions: [10, 11, 12, 13, 14] });
    expect(moved.dataSync()).toBeAllclose(plain, { rtol: 1e-3, atol: 1e-4 });
  });

  it("leave a gap after a cache", () => {
    const model = create();
    const cache = new KvCache(1, 8);
    model.forward({ ids: ids.slice(0, 3), batch: 1, length: 3 }, { cache });
    const rest = { ids: ids.slice(3), batch: 1, length: 2 };
    const gap = model.forward(rest, { cache, positions: [9, 10] });
    const whole = model.forward(tokens, { positions: [0, 1, 2, 9, 10] });
    expect(gap.dataSync()).toBeAllclose(whole.narrow(1, 3, 2).dataSync(), {
      rtol: 1e-4,
      atol: 1e-5,
    });
    cache.dispose();
  });

  it("are refused when they do not fit", () => {
    const model = create();
    expect(() => model.forward(tokens, { positions: [0] })).toThrow(/5 positions, got 1/);
    expect(() => model.forward(tokens, { positions: [0, 1, 2, 3, -1] })).toThrow(/got -1 at 4/);
    expect(() => model.forward(tokens, { positions: [0, 1, 2, 3, 32] })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

describe.each([
  ["gpt2", gpt2],
  ["llama", tinyLlama],
  ["deepseek_v2", tinyDeepseekV2],
])("hooks of %s", (_, config) => {
  it("see head outputs and the middle of the residual stream", () => {
    const model = create(config());
    const seen = recordActivations([
      "headOutput",
      "residual",
      "residualMiddle",
      "attentionOutput",
      "mlpOutput",
    ]);
    run(model, seen.hooks);
    const heads = model.config.numAttentionHeads;
    expect(seen.get("headOutput", 0).shape.slice(0, 3)).toEqual([1, ids.length, heads]);
    const before = seen.get("residual", -1).add(seen.get("attentionOutput", 0));
    expect(before.dataSync()).toBeAllclose(seen.get("residualMiddle", 0).dataSync(), {
      atol: 1e-6,
    });
    const after = seen.get("residualMiddle", 0).add(seen.get("mlpOutput", 0));
    expect(after.dataSync()).toBeAllclose(seen.get("residual", 0).dataSync(), { atol: 1e-6 });
  });

  it("ablate all heads as muting attention does", () => {
    const model = create(config());
    const heads = Array.from({ length: model.config.numAttentionHeads }, (_, i) => i);
    const ablated = run(model, patchActivations("headOutput", 0, { heads, layers: [0] }));
    const rows = run(model, patchActivations("pattern", 0, { layers: [0] }));
    expect(ablated).toBeAllclose(rows, { rtol: 1e-4, atol: 1e-5 });
    expect(ablated).not.toEqual(run(model, {}));
  });
});

describe("recordActivations and patchActivations", () => {
  const other = { ids: [8, 2, 6, 4, 11], batch: 1, length: 5 };

  it("put the whole stream of another run in: the answer is that run's", () => {
    const model = create();
    const seen = recordActivations(["residual"], { layers: [1] });
    const wanted = model.forward(other, { hooks: seen.hooks });
    const patched = run(
      model,
      patchActivations("residual", seen.get("residual", 1), { layers: [1] }),
    );
    expect(patched).toEqual([...wanted.dataSync()]);
    expect(() => seen.get("residual", 0)).toThrow(expect.objectContaining({ code: "ERR_MISSING" }));
  });

  it("change the chosen positions alone", () => {
    const model = create();
    const plain = run(model, {});
    const late = run(model, patchActivations("residual", 0, { layers: [-1], positions: [3] }));
    const width = model.config.vocabSize;
    expect(late.slice(0, 3 * width)).toEqual(plain.slice(0, 3 * width));
    expect(late.slice(3 * width)).not.toEqual(plain.slice(3 * width));
  });

  it("take keys of a pattern, and functions of what is there", () => {
    const model = create();
    const mean = (x: Tensor) => x.mean();
    const seen = recordActivations(["pattern"]);
    const cut = patchActivations("pattern", 0, {
      keys: [0],
      heads: [1],
      positions: [4],
      layers: [0],
    });
    run(model, joinHooks(cut, seen.hooks));
    const pattern = seen.get("pattern", 0).dataSync();
    const at = (head: number, row: number, key: number) => pattern[(head * 5 + row) * 5 + key]!;
    expect(at(1, 4, 0)).toBe(0);
    expect(at(0, 4, 0)).toBeGreaterThan(0);
    expect(at(1, 3, 0)).toBeGreaterThan(0);
    expect(run(model, patchActivations("mlpOutput", mean))).not.toEqual(run(model, {}));
  });

  it("give activations that can be differentiated by", () => {
    const model = create();
    const seen = recordActivations(["mlpOutput"]);
    const slope = tidy(() => {
      const logits = model.forward(tokens, { hooks: seen.hooks });
      return grad(logits.select(1, 4).sum(), [seen.get("mlpOutput", 1)])[0]!;
    });
    expect(slope.shape).toEqual([1, 5, 16]);
    expect([...slope.narrow(1, 0, 4).dataSync()].every((x) => x === 0)).toBe(true);
    expect([...slope.narrow(1, 4, 1).dataSync()].some((x) => x !== 0)).toBe(true);
  });

  it("refuse places that are not there", () => {
    const model = create();
    expect(() => patchActivations("residual", 0, { heads: [0] })).toThrow(/no heads/);
    expect(() => patchActivations("query", 0, { keys: [0] })).toThrow(/no keys/);
    expect(() => run(model, patchActivations("query", 0, { heads: [4] }))).toThrow(
      /from 0 to 3, got 4/,
    );
  });

  it("leave nothing behind", () => {
    const model = create();
    const before = memory().storages;
    tidy(
      () =>
        void model.forward(tokens, { hooks: patchActivations("headOutput", 0, { heads: [1] }) }),
    );
    expect(memory().storages).toBe(before);
  });
});

describe("joinHooks", () => {
  it("runs in order, each on what the one before left", () => {
    const model = create();
    const doubled = { mlpOutput: (x: Tensor) => x.mul(2) };
    const once = run(model, { mlpOutput: (x) => x.mul(4) });
    expect(run(model, joinHooks(doubled, { mlpOutput: () => undefined }, doubled))).toBeAllclose(
      once,
      { rtol: 1e-4, atol: 1e-6 },
    );
  });
});
