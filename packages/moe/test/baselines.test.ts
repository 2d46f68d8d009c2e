import { tensor } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BaselineMethod,
  balancedHash,
  createBaseline,
  DenseLayer,
  GatedMlp,
  HashLayer,
  type MoeLayer,
  maxViolation,
  segmentExperts,
  topKGate,
} from "../src";
import { expectError, normal, numbers, reportOf } from "./support";

const sizes = { hiddenSize: 6, innerSize: 8, experts: 4 };
const frequencies = [9, 7, 5, 3, 1, 1, 0];

describe("balancedHash", () => {
  it("gives each id, most frequent first, to the lightest expert", () => {
    expect([...balancedHash([1, 9, 5, 4, 1], 2)]).toEqual([0, 0, 1, 1, 1]);
  });

  it("spreads ids that never occur evenly", () => {
    const table = balancedHash(new Float64Array(12), 4);
    for (let e = 0; e < 4; e++) expect(table.filter((x) => x === e)).toHaveLength(3);
  });

  it("is never further from balance than the most frequent id", () => {
    const counts = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 8 }), (ids, experts) => {
        const load = new Float64Array(experts);
        balancedHash(ids, experts).forEach((e, id) => {
          load[e]! += ids[id]!;
        });
        expect(Math.max(...load) - Math.min(...load)).toBeLessThanOrEqual(Math.max(...ids));
      }),
    );
  });

  it("balances natural frequencies well", () => {
    const zipf = Float64Array.from({ length: 5000 }, (_, i) => 1 / (i + 10));
    const load = new Float64Array(16);
    balancedHash(zipf, 16).forEach((e, id) => {
      load[e]! += zipf[id]!;
    });
    expect(maxViolation(load)).toBeLessThan(0.01);
  });

  it("refuses negative frequencies and no experts", () => {
    expectError("ERR_RANGE", /frequency/, () => balancedHash([-1], 2));
    expectError("ERR_RANGE", /experts/, () => balancedHash([1], 0));
  });
});

describe("segmentExperts", () => {
  it("gives the paper's 1 + 63 experts, 7 of them active", () => {
    const fine = segmentExperts(
      { experts: 16, topK: 2, innerSize: 3412 },
      { segments: 4, shared: 1 },
    );
    expect(fine).toEqual({ experts: 63, topK: 7, expertSize: 853, sharedExperts: 1 });
  });

  it("refuses to share everything away", () => {
    expectError("ERR_RANGE", /leave none of 2/, () =>
      segmentExperts({ experts: 4, topK: 1, innerSize: 8 }, { segments: 2, shared: 2 }),
    );
  });
});

describe("createBaseline", () => {
  const methods: BaselineMethod[] = [
    { kind: "dense" },
    { kind: "dense", copies: 4 },
    { kind: "hash", frequencies },
    { kind: "switch" },
    { kind: "switch", capacityFactor: 1.25 },
    { kind: "gshard" },
    { kind: "gshard", isOriginal: true },
    { kind: "gshard", width: 1.5 },
    { kind: "deepseek-moe", segments: 2, shared: 1 },
  ];
  const tokenIds = tensor(Int32Array.of(0, 3, 6, 1, 2, 5));

  it.each(methods)("gives a layer of one interface for %o", (method) => {
    const layer = createBaseline(method, sizes);
    const x = normal([2, 3, 6]).requireGrad();
    const y = layer.forward(x, { tokenIds });
    expect(y.shape).toEqual([2, 3, 6]);
    y.sum().backward();
    expect(numbers(x.grad!).every(Number.isFinite)).toBe(true);
    let routed = 0;
    const stop = layer.onRoute(() => routed++);
    layer.eval().forward(x, { tokenIds });
    stop();
    expect(routed).toBe(method.kind === "dense" ? 0 : 1);
  });

  it("follows the comparison's settings", () => {
    const config = (method: BaselineMethod) => (createBaseline(method, sizes) as MoeLayer).config;
    expect(config({ kind: "switch" })).toMatchObject({ topK: 1, experts: 4, auxLossAlpha: 0.01 });
    const gshard = config({ kind: "gshard" });
    expect(gshard).toMatchObject({ topK: 2, expertSize: 8 });
    expect(gshard.normTopkProb ?? false).toBe(false);
    expect(gshard.drop).toBeUndefined();
    expect(config({ kind: "gshard", width: 1.5 }).expertSize).toBe(12);
    expect(config({ kind: "gshard", isOriginal: true })).toMatchObject({
      normTopkProb: true,
      drop: { randomSecond: true, expertCapacity: 1 },
      balancesFirstChoice: true,
    });
    expect(config({ kind: "deepseek-moe", segments: 2, shared: 1 })).toMatchObject({
      experts: 7,
      topK: 3,
      expertSize: 4,
      sharedExperts: 1,
    });
  });

  it("balances GShard's original by first choices: alpha · experts · Σ share of tokens · mean gate", () => {
    const layer = createBaseline({ kind: "gshard", isOriginal: true }, sizes) as MoeLayer;
    const x = normal([12, 6], 2);
    const { scores, ids } = topKGate(layer.gate.forward(x), { experts: 4, topK: 2 });
    const [gates, chosen] = [numbers(scores), numbers(ids)];
    let wanted = 0;
    for (let e = 0; e < 4; e++) {
      const share = chosen.filter((id, i) => i % 2 === 0 && id === e).length / 12;
      const mean = gates.filter((_, i) => i % 4 === e).reduce((a, b) => a + b) / 12;
      wanted += 0.01 * 4 * share * mean;
    }
    const { auxLoss } = reportOf(layer.train(), () => layer.forward(x));
    expect(auxLoss).toBeAllclose([wanted], { rtol: 1e-5, atol: 1e-7 });
  });

  it("makes DeepSeekMoE without segments or shared experts the same as GShard", () => {
    const moe = createBaseline({ kind: "deepseek-moe", segments: 1, shared: 0 }, sizes) as MoeLayer;
    const gshard = createBaseline({ kind: "gshard" }, sizes) as MoeLayer;
    const twin = new Map(gshard.namedTensors());
    for (const [name, tensor] of moe.namedTensors()) twin.get(name)!.set(tensor.dataSync());
    const x = normal([5, 6], 2);
    const [a, b] = [moe, gshard].map((layer) => {
      let y: number[] = [];
      const { auxLoss } = reportOf(layer, () => {
        y = numbers(layer.forward(x));
      });
      return { y, auxLoss };
    });
    expect(a).toEqual(b);
    expect(a!.auxLoss).not.toBeNull();
  });

  it("has classes of its own for dense and Hash layers", () => {
    expect(createBaseline({ kind: "dense" }, sizes)).toBeInstanceOf(DenseLayer);
    expect(createBaseline({ kind: "hash", frequencies }, sizes)).toBeInstanceOf(HashLayer);
  });
});

describe("HashLayer", () => {
  const make = () =>
    new HashLayer({ hiddenSize: 6, expertSize: 4, experts: 2, table: [0, 1, 1], initStd: 0.5 });

  it("sends each token whole through the expert of its id", () => {
    const layer = make();
    const x = normal([3, 6]);
    const y = layer.forward(x, { tokenIds: tensor(Int32Array.of(2, 0, 1)) });
    [1, 0, 1].forEach((expert, t) => {
      const dense = new GatedMlp(6, 4);
      const own = layer.experts.gateUp.detach().select(0, expert);
      dense.gateProj!.weight.set(own.narrow(0, 0, 4).dataSync());
      dense.upProj!.weight.set(own.narrow(0, 4, 4).dataSync());
      dense.downProj.weight.set(layer.experts.down.detach().select(0, expert).dataSync());
      expect(numbers(y.select(0, t))).toBeAllclose(numbers(dense.forward(x.narrow(0, t, 1))), {
        rtol: 1e-4,
        atol: 1e-6,
      });
    });
  });

  it("gives masked tokens zeros", () => {
    const options = {
      tokenIds: tensor(Int32Array.of(0, 1)),
      tokenMask: tensor(Int32Array.of(0, 1)),
    };
    expect(numbers(make().forward(normal([2, 6]), options)).slice(0, 6)).toEqual(
      new Array(6).fill(0),
    );
  });

  it("needs token ids, one per token, in the table", () => {
    expectError("ERR_MISSING", /tokenIds/, () => make().forward(normal([2, 6])));
    expectError("ERR_SHAPE", /tokenIds must have 2/, () =>
      make().forward(normal([2, 6]), { tokenIds: tensor(Int32Array.of(1)) }),
    );
    expect(() => make().forward(normal([1, 6]), { tokenIds: tensor(Int32Array.of(3)) })).toThrow(
      /outside \[0, 3\)/,
    );
    expectError(
      "ERR_RANGE",
      /expert in table/,
      () => new HashLayer({ hiddenSize: 2, expertSize: 2, experts: 2, table: [2] }),
    );
  });
});

describe("DenseLayer", () => {
  it("with copies is their sum", () => {
    expect(
      new DenseLayer({ hiddenSize: 6, innerSize: 8, copies: 4 }).mlp.upProj!.weight.shape,
    ).toEqual([32, 6]);
    expectError(
      "ERR_RANGE",
      /copies/,
      () => new DenseLayer({ hiddenSize: 6, innerSize: 8, copies: 0 }),
    );
    expectError("ERR_SHAPE", /x must have shape/, () =>
      new DenseLayer({ hiddenSize: 6, innerSize: 8 }).forward(normal([2, 5])),
    );
  });
});
