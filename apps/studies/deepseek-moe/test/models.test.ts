import "@deepgrain/vitest/allclose";
import { drain } from "@deepgrain/lab";
import { HashLayer, MoeLayer } from "@deepgrain/moe";
import { memory, noGrad, tensor, tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { type Domain, rowsOf, tokenFrequencies, trainingBatch, validationBatches } from "../corpus";
import { countModel } from "../count-model";
import { disabledShares, loadsApart, measureModel } from "../measure-model";
import { type ComparisonSettings, comparisonSettings, parametersOf } from "../recipe";
import { createModel, trainVariant } from "../train-variant";
import { DEVICES, variants } from "../variants";

const settings: ComparisonSettings = {
  hiddenSize: 16,
  heads: 2,
  layers: 2,
  vocabulary: 256,
  length: 12,
  batch: 3,
  innerSize: 24,
  experts: 8,
  alpha: 0.01,
  steps: 3,
  rates: comparisonSettings.full.rates,
  oneRate: 1e-2,
  leftOut: [],
  characters: 1000,
  validationBatches: 2,
  curvePoints: 2,
};

const text = (start: number) => Int32Array.from({ length: 200 }, (_, i) => (start + 7 * i) % 256);
const domains: Domain[] = ["a", "b", "c"].map((name, i) => ({
  name,
  train: text(i),
  validation: text(40 + i),
}));
const signal = new AbortController().signal;
const variant = (id: string) => variants.find((one) => one.id === id)!;
const validation = validationBatches(domains, settings, 2);
const setup = { settings, domains, validation, signal };

describe("batches", () => {
  it("hold the token after each token, the domains in turn", () => {
    const { ids, targets } = trainingBatch(domains, settings, { seed: 1, step: 5 });
    ids.forEach((byte, i) => void expect(targets[i]).toBe((byte + 7) % 256));
    expect(trainingBatch(domains, settings, { seed: 1, step: 5 }).ids).toEqual(ids);
    expect(trainingBatch(domains, settings, { seed: 2, step: 5 }).ids).not.toEqual(ids);
    expect(trainingBatch(domains, settings, { seed: 1, step: 6 }).ids).not.toEqual(ids);
  });

  it("spread held-out windows over the text without repeating one", () => {
    const rows = validation.flatMap(({ ids }) =>
      [0, 1, 2].map((row) => ids.subarray(12 * row, 12 * row + 12).join()),
    );
    expect(new Set(rows).size).toBe(6);
  });

  it("are taken apart by domain, every row once", () => {
    const batch = trainingBatch(domains, { ...settings, batch: 7 }, { seed: 1, step: 1 });
    const parts = [0, 1, 2].map((domain) => rowsOf(batch, domain, 3));
    expect(parts.map(({ batch: rows }) => rows)).toEqual([3, 2, 2]);
    for (const [domain, own] of parts.entries())
      for (let row = 0; row < own.batch; row++) {
        const at = 12 * (domain + 3 * row);
        const taken = own.ids.subarray(12 * row, 12 * row + 12);
        expect(taken).toEqual(batch.ids.subarray(at, at + 12));
        taken.forEach((byte, i) => void expect(own.targets[12 * row + i]).toBe((byte + 7) % 256));
      }
  });

  it("weigh the domains the same in token frequencies", () => {
    const [a] = domains as [Domain];
    const doubled = { ...a, train: Int32Array.from([...a.train, ...a.train]) };
    const total = tokenFrequencies(domains, 256).reduce((sum, share) => sum + share, 0);
    expect(total).toBeCloseTo(1, 12);
    const [one, other] = [
      tokenFrequencies(domains, 256),
      tokenFrequencies([doubled, ...domains.slice(1)], 256),
    ];
    expect(Array.from(other)).toBeAllclose(Array.from(one), { atol: 1e-12 });
  });
});

describe("models", () => {
  it("start with the same attention and embeddings in all variants at one seed", async () => {
    const frame = async (id: string, seed: number) => {
      const model = createModel(variant(id), seed, setup);
      const named = [...model.namedParameters()].filter(([name]) => !name.includes("feedForward."));
      const values = await Promise.all(named.map(([, weight]) => weight.data()));
      model.dispose();
      return values;
    };
    const dense = await frame("dense", 1);
    expect(await frame("deepseek-moe", 1)).toEqual(dense);
    expect(await frame("hash", 1)).toEqual(dense);
    expect(await frame("dense", 2)).not.toEqual(dense);
  });

  it("do not let a token see the tokens after it", async () => {
    const model = createModel(variant("deepseek-moe"), 1, setup).eval();
    const logits = async (last: number) => {
      const ids = tensor(Int32Array.from([5, 6, 7, last]), { shape: [1, 4] });
      const out = tidy(() => noGrad(() => model.forward(ids)));
      return (await out.data()).slice(0, 3 * 256);
    };
    expect(await logits(9)).toEqual(await logits(200));
    model.dispose();
  });

  it("have equal totals and compute for GShard and DeepSeekMoE, routers apart", () => {
    const count = (id: string) => {
      const model = createModel(variant(id), 1, setup);
      const routers = model.feedForwards.reduce(
        (sum, layer) => sum + (layer instanceof MoeLayer ? layer.gate.weight.size : 0),
        0,
      );
      const counted = countModel(model, settings);
      model.dispose();
      return { ...counted, parameters: counted.parameters - routers };
    };
    const [gshard, own, hash, all, one] = [
      count("gshard"),
      count("deepseek-moe"),
      count("hash"),
      count("dense-all"),
      count("dense"),
    ];
    expect(own.parameters).toBe(gshard.parameters);
    expect(own.flops).toBe(gshard.flops);
    expect(hash.parameters).toBe(gshard.parameters);
    expect(all.parameters).toBe(gshard.parameters);
    expect(all.activated).toBe(all.parameters);
    // Hash activates one standard network, as the dense model does; GShard two.
    expect(hash.activated).toBe(one.parameters);
    expect(gshard.flops - hash.flops).toBe(6 * 12 * 2 * 3 * 16 * 24);
  });

  it("have as many weights as the recipe's ratio of tokens counts", () => {
    const sizes = { ...settings, vocabulary: 300 };
    const model = createModel(variant("deepseek-moe"), 1, { settings: sizes, domains });
    expect(countModel(model, sizes).parameters).toBe(parametersOf(sizes));
    model.dispose();
  });

  it("disable the shares that come to whole experts", () => {
    expect(disabledShares(31).map(({ skipped }) => skipped)).toEqual([0, 2, 4, 6, 8]);
    expect(disabledShares(8)).toEqual([
      { sixteenths: 0, skipped: 0 },
      { sixteenths: 2, skipped: 1 },
      { sixteenths: 4, skipped: 2 },
    ]);
  });

  it("pass half as many experts, or share more of the same number", () => {
    const config = (id: string) => {
      const model = createModel(variant(id), 1, setup);
      const { experts, topK, sharedExperts, expertSize } = (model.feedForwards[0] as MoeLayer)
        .config;
      model.dispose();
      return [experts, topK, sharedExperts, expertSize];
    };
    expect(config("deepseek-moe")).toEqual([31, 7, 1, 6]);
    expect(config("half-active")).toEqual([31, 3, 1, 6]);
    expect(config("shared-2-of-8")).toEqual([30, 6, 2, 6]);
    expect(config("shared-4-of-8")).toEqual([28, 4, 4, 6]);
  });

  it("keep a token's experts on as many devices as they may use", async () => {
    for (let kept = 1; kept <= DEVICES; kept++) {
      const model = createModel(variant(`devices-${kept}`), 1, setup).eval();
      const layer = model.feedForwards[0] as MoeLayer;
      const used: number[] = [];
      layer.onRoute(({ ids }) => {
        const chosen = ids.dataSync();
        for (let token = 0; token < chosen.length; token += 7)
          used.push(new Set([...chosen.slice(token, token + 7)].map((id) => id >> 3)).size);
      });
      const ids = tensor(validation[0]!.ids, { shape: [3, 12] });
      tidy(() => noGrad(() => model.forward(ids)));
      expect(layer.config.experts).toBe(32);
      expect(used).toHaveLength(36);
      expect(Math.max(...used)).toBeLessThanOrEqual(kept);
      model.dispose();
    }
  });

  it("use experts differently by half the sum of the differences between their loads", () => {
    expect(
      loadsApart([
        [1, 1],
        [5, 5],
      ]),
    ).toBe(0);
    expect(
      loadsApart([
        [4, 0],
        [0, 8],
      ]),
    ).toBe(0.5); // each is half away from (0.5, 0.5)
    expect(
      loadsApart([
        [3, 1],
        [1, 3],
      ]),
    ).toBe(0.25);
  });

  it("are measured without being changed, and disabling nothing changes nothing", async () => {
    const model = createModel(variant("deepseek-moe"), 1, setup);
    const measured = await measureModel(model, validation, { isProbed: true, signal });
    const { loss } = measured;
    expect(measured.disabled[0]).toEqual({ sixteenths: 0, skipped: 0, loss, kept: loss });
    expect(new Set(measured.disabled.map(({ loss }) => loss)).size).toBe(5);
    expect(measured.withoutShared).not.toBe(measured.loss);
    expect(measured.maxVio).toBeGreaterThan(0);
    expect(measured.specialisation).toBeNull();
    expect(measured.fewer!.map(({ topK }) => topK)).toEqual([3, 4, 5, 6]);
    expect(new Set(measured.fewer!.map(({ loss }) => loss)).add(measured.loss).size).toBe(5);
    const again = await measureModel(model, validation, { isProbed: false, signal });
    expect(again.loss).toBe(measured.loss);
    expect(again.disabled).toEqual([]);
    model.dispose();
  });
});

describe("trainVariant", () => {
  it.each(["dense", "hash", "switch", "deepseek-moe", "bias-sign-1e-3"])(
    "trains %s to the same numbers each time",
    async (id) => {
      const run = () => drain(trainVariant(variant(id), 1, setup));
      const result = await run();
      expect(result.curve.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
      expect(result.curve.at(-1)!.loss).toBeLessThan(result.curve[0]!.loss);
      expect(result.maxVio === null).toBe(id === "dense");
      expect(await run()).toEqual(result);
    },
  );

  it("balances by a bias or by a loss, as its variant says", async () => {
    const of = (id: string) => createModel(variant(id), 1, setup).feedForwards[0]!;
    const [biased, lossy] = [of("bias-sign-1e-2"), of("alpha-1e-1")] as [MoeLayer, MoeLayer];
    expect(biased.gate.eScoreCorrectionBias?.shape).toEqual([31]);
    expect(biased.config.auxLossAlpha).toBe(0);
    expect(lossy.gate.eScoreCorrectionBias).toBeNull();
    expect(lossy.config.auxLossAlpha).toBe(0.1);
    expect(lossy.config.seqAux).toBe(false);
    expect((of("sequence-wise") as MoeLayer).config).toMatchObject({
      seqAux: true,
      auxLossAlpha: 0.01,
    });
    expect(of("hash")).toBeInstanceOf(HashLayer);
  });

  it("measures how the domains use the experts where the variant asks for it", async () => {
    const of = async (id: string) =>
      (await drain(trainVariant(variant(id), 1, setup))).specialisation;
    for (const id of ["deepseek-moe", "sequence-wise", "bias-sign-1e-3"])
      expect(await of(id), id).toBeGreaterThan(0);
    expect(await of("alpha-1e-1")).toBeNull();
  });

  it("moves the bias while it trains", async () => {
    const loads = async (id: string) => (await drain(trainVariant(variant(id), 1, setup))).maxVio;
    expect(await loads("bias-sign-1e-2")).not.toBe(await loads("bias-sign-1e-4"));
  });

  it("leaves no memory behind", async () => {
    await drain(trainVariant(variant("deepseek-moe"), 1, setup));
    const { storages } = memory();
    await drain(trainVariant(variant("deepseek-moe"), 2, setup));
    expect(memory().storages).toBe(storages);
  });

  it("stops at the signal", async () => {
    const abort = new AbortController();
    const events = trainVariant(variant("dense"), 1, { ...setup, signal: abort.signal });
    const run = drain(events, ({ done }) => done! > 0.5 && abort.abort(new Error("enough")));
    await expect(run).rejects.toThrow("enough");
  });
});
