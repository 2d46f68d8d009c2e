import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mix } from "../src/prf/expand";
import { createKey } from "../src/prf/key";
import type { ProfileInput } from "../src/profile";
import { softmax64 } from "../src/proxy/proxy-lm";
import { kindOf } from "../src/schemes";
import { dipReweight } from "../src/schemes/dip/dip";
import { keyedOrder } from "../src/schemes/shared/keyed-order";
import { deltaReweight } from "../src/schemes/unbiased/unbiased";
import { createWatermark } from "../src/watermark/create-watermark";
import { validateProfile } from "../src/watermark/validate-profile";
import { makeRandom, markovModel, randomKey, write } from "./support/language-model";

const size = 50;
const kinds = {
  "unbiased, γ": { scheme: "unbiased", vocab_size: size },
  "unbiased, δ": { scheme: "unbiased", vocab_size: size, reweight: "delta" },
  dip: { scheme: "dip", vocab_size: size },
  kgw: { scheme: "kgw", vocab_size: size },
} as const satisfies Record<string, ProfileInput>;
type Name = keyof typeof kinds;
const unbiasedNames: Name[] = ["unbiased, γ", "unbiased, δ", "dip"];

describe("the keyed order", () => {
  const seed = fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1));

  it("is that of the keyed numbers", () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 2, max: 300 }), (own, count) => {
        const plain = Array.from({ length: count }, (_, v) => v);
        const number = (v: number) => mix(own[0], own[1], v);
        plain.sort((a, b) => number(a) - number(b) || a - b);
        expect([...keyedOrder(own, count)]).toEqual(plain);
      }),
    );
  });
});

describe("reweighting, by hand", () => {
  const order = Int32Array.of(2, 0, 3, 1); // cumulative 0.4, 0.5, 0.8, 1
  const before = [0.1, 0.2, 0.4, 0.3];
  const after = (work: (p: Float64Array) => void) => {
    const p = Float64Array.from(before);
    work(p);
    return p;
  };

  it("γ doubles what lies beyond one half", () => {
    const p = after((row) => dipReweight(row, order, 0.5));
    expect(p).toBeAllclose([0, 0.4, 0, 0.6], { rtol: 0, atol: 1e-12 });
  });

  it("DiP takes α from the beginning and adds it at the end", () => {
    const p = after((row) => dipReweight(row, order, 0.45)); // A = 0, 0.05, 0.6, 1
    expect(p).toBeAllclose([0.05, 0.4, 0, 0.55], { rtol: 0, atol: 1e-12 });
    const none = after((row) => dipReweight(row, order, 0));
    expect(none).toBeAllclose(before, { rtol: 0, atol: 1e-12 });
  });

  it("δ takes the token at the quantile, and never an impossible one", () => {
    const at = (u: number) => after((row) => deltaReweight(row, order, u)).indexOf(1);
    expect([0, 0.39, 0.41, 0.6, 0.81, 0.999].map(at)).toEqual([2, 2, 0, 3, 1, 1]);
    const p = Float64Array.of(0.4, 0.6, 0, 0);
    deltaReweight(p, order, 0);
    expect([...p]).toEqual([1, 0, 0, 0]);
    const short = Float64Array.of(0.4, 0.6 - 1e-9, 0, 0); // rounding leaves the sum below u
    deltaReweight(short, Int32Array.of(0, 1, 2, 3), 1 - 1e-12);
    expect([...short]).toEqual([0, 1, 0, 0]);
  });

  it("of an order and its reverse has the old distribution as its mean, and at most doubles", () => {
    const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 0.5, noNaN: true }), (row, alpha) => {
        const sum = row.reduce((a, b) => a + b, 1e-3 * row.length);
        const p = row.map((x) => (x + 1e-3) / sum);
        const forwards = Int32Array.from(row, (_, v) => v);
        const [one, other] = [forwards, forwards.slice().reverse()].map((way) => {
          const q = Float64Array.from(p);
          dipReweight(q, way, alpha);
          return q;
        });
        const mean = p.map((_, v) => (one![v]! + other![v]!) / 2);
        expect(mean).toBeAllclose(p, { rtol: 0, atol: 1e-12 });
        p.forEach((x, v) => {
          expect(one![v]!).toBeGreaterThanOrEqual(0);
          expect(one![v]!).toBeLessThanOrEqual(2 * x + 1e-12);
        });
      }),
    );
  });
});

/**
 * Twenty drawn distributions as logits, from nearly flat to peaked. The rarest token still has probability 0.001, so that
 * δ-reweight draws it some ten times and its standard error can be estimated.
 */
function drawnLogits(): Float32Array[] {
  const random = makeRandom(55);
  return Array.from({ length: 20 }, (_, i) => {
    const scale = 0.5 + i / 13;
    return Float32Array.from({ length: size }, () => scale * (2 * random() - 1));
  });
}

/** The largest distance, in standard errors, of a token's mean over keys from its unmarked probability. */
function farthest(name: Name, keys: number): number {
  const rows = drawnLogits();
  const random = makeRandom(2024);
  const sums = rows.map(() => new Float64Array(size));
  const squares = rows.map(() => new Float64Array(size));
  const profile = validateProfile(kinds[name]);
  for (let k = 0; k < keys; k++) {
    const embedder = kindOf(profile)
      .bind(profile, createKey(randomKey(random)), {})
      .embedder();
    rows.forEach((logits, row) => {
      const marked = logits.slice();
      embedder.edit([1, 2, 3, 4, row], 5, marked);
      softmax64(marked).forEach((p, v) => {
        sums[row]![v]! += p;
        squares[row]![v]! += p * p;
      });
    });
  }
  let most = 0;
  rows.forEach((logits, row) => {
    softmax64(logits).forEach((p, v) => {
      const mean = sums[row]![v]! / keys;
      const error = Math.sqrt((squares[row]![v]! / keys - mean * mean) / keys);
      most = Math.max(most, Math.abs(mean - p) / error);
    });
  });
  return most;
}

describe("over 10,000 keys", () => {
  for (const name of unbiasedNames)
    it(`${name} gives the model's distribution at every token`, () => {
      expect(farthest(name, 10_000)).toBeLessThan(4.5);
    });

  it("kgw does not", () => {
    expect(farthest("kgw", 10_000)).toBeGreaterThan(4.5);
  });
});

describe("a text of 200 tokens", () => {
  const model = markovModel(256, 5);

  for (const name of unbiasedNames)
    it(`is found: ${name}`, () => {
      const random = makeRandom(7);
      let found = 0;
      for (let i = 0; i < 50; i++) {
        const own = createWatermark({ ...kinds[name], vocab_size: 256 }, randomKey(random));
        const text = write(model, [3, 1, 4, 1, i], 200, random, own.createProcessor());
        if (own.detect(text).verdict === "found") found++;
      }
      expect(found).toBeGreaterThanOrEqual(48);
    });
});

describe("a context that came before", () => {
  const logits = Float32Array.from({ length: size }, (_, v) => Math.sin(v));

  for (const name of unbiasedNames) {
    const watermark = createWatermark(kinds[name], new Uint8Array(16));

    it(`is left to the sampler: ${name}`, () => {
      const processor = watermark.createProcessor({ promptLength: 0 });
      const again = [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5];
      expect(processor(again, logits.slice())).toEqual(logits);
      expect(processor([...again.slice(0, -1), 7], logits.slice())).not.toEqual(logits);
      expect(processor([1, 2, 3, 4], logits.slice())).toEqual(logits); // too short
    });

    it(`counts once: ${name}`, () => {
      const text = [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7];
      expect(watermark.detect(text).scored).toBe(6); // seven positions, of which the last repeats the first's context
      expect(watermark.detect(text, { ignoreRepeated: false }).scored).toBe(7);
      expect(watermark.detect([1, 2, 3, 4, 5]).verdict).toBe("insufficient");
    });

    it(`keeps forbidden tokens forbidden: ${name}`, () => {
      const some = logits.map((x, v) => (v % 3 ? x : Number.NEGATIVE_INFINITY));
      const marked = watermark.createProcessor()([1, 2, 3, 4, 5], some.slice());
      for (let v = 0; v < size; v += 3) expect(marked[v]).toBe(Number.NEGATIVE_INFINITY);
      const sum = softmax64(marked).reduce((a, b) => a + b);
      expect(sum).toBeCloseTo(1, 6);
      const none = new Float32Array(size).fill(Number.NEGATIVE_INFINITY);
      expect(watermark.createProcessor()([1, 2, 3, 4, 5], none.slice())).toEqual(none);
    });
  }
});

describe("profiles", () => {
  it("have the papers' defaults", () => {
    expect(validateProfile(kinds["unbiased, γ"])).toMatchObject({
      context_width: 5,
      reweight: "gamma",
    });
    expect(validateProfile(kinds.dip)).toMatchObject({ context_width: 5, alpha: 0.45 });
  });

  it("refuse what is out of range", () => {
    const refused = (fields: object) => () =>
      validateProfile({ vocab_size: 9, ...fields } as never);
    expect(refused({ scheme: "dip", alpha: 0.6 })).toThrow(
      "alpha must be a number between 0 and 0.5",
    );
    expect(refused({ scheme: "unbiased", reweight: "beta" })).toThrow("one of gamma, delta");
    expect(refused({ scheme: "unbiased", context_width: 0 })).toThrow("context_width must be");
  });
});
