import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type NamedTensors,
  openCheckpoint,
  readSafetensors,
  writeSafetensors,
} from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { purifyFiles } from "../../src/files";
import { roundedTo } from "../../src/files/coarser";
import { hubNames } from "../../src/files/hub-names";
import { randomPair } from "../support/weights";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fine-purify-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, `${name}.safetensors`);
const paths = () => ({ init: at("init"), finetuned: at("finetuned"), out: at("out") });
const options = { indicator: "delta2", rho: 0.5, largestDrift: 9 } as const;

const renamed = (weights: NamedTensors, name: (old: string) => string): NamedTensors =>
  new Map([...weights].map(([old, value]) => [name(old), value]));

/** A pair with a norm, whose two weights had other names once. */
function pair() {
  const { init, finetuned, fisher } = randomPair(5);
  for (const weights of [init, finetuned, fisher])
    for (const [i, name] of ["weight", "bias"].entries()) {
      const data = Float32Array.from({ length: 4 }, (_, x) => i + x / 8 + weights.size / 100);
      weights.set(`bert.embeddings.LayerNorm.${name}`, { shape: [4], data });
    }
  return { init, finetuned, fisher };
}

async function purifiedOf(init: NamedTensors, finetuned: NamedTensors): Promise<NamedTensors> {
  await writeSafetensors(at("init"), init);
  await writeSafetensors(at("finetuned"), finetuned);
  await purifyFiles(paths(), options);
  return readSafetensors(at("out"));
}

const withoutPrefix = (name: string) => name.replace(/^bert\./, "");
const oldNames = (name: string) =>
  name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
const same = (name: string) => name;

describe("checkpoints that Hugging Face loads as one model", () => {
  it.each([
    ["the base lacks the prefix", withoutPrefix, same],
    ["the fine-tuned one lacks the prefix", same, withoutPrefix],
    ["the base has gamma and beta", oldNames, same],
    ["the fine-tuned one has gamma and beta", same, oldNames],
    ["both differ", (name: string) => oldNames(withoutPrefix(name)), same],
  ])("are purified as if their names were equal where %s", async (_, ofInit, ofFinetuned) => {
    const { init, finetuned } = pair();
    const expected = await purifiedOf(init, finetuned);
    const found = await purifiedOf(renamed(init, ofInit), renamed(finetuned, ofFinetuned));
    expect(found.size).toBe(expected.size);
    for (const [name, { data }] of expected)
      expect(found.get(ofFinetuned(name))!.data).toEqual(data);
  });

  it.each(["init", "finetuned"])("may have integer buffers in %s only", async (holder) => {
    const { init, finetuned } = pair();
    const buffer = {
      name: "bert.embeddings.position_ids",
      shape: [1, 3],
      data: BigInt64Array.of(0n, 1n, 2n),
    };
    for (const [name, weights] of Object.entries({ init, finetuned })) {
      const list = [...weights].map(([key, value]) => ({ name: key, ...value }));
      await writeSafetensors(at(name), name === holder ? [...list, buffer] : list);
    }
    await purifyFiles(paths(), options);
    const out = await openCheckpoint(at("out"));
    expect(out.has(buffer.name)).toBe(holder === "finetuned");
    await out.close();
  });

  it("may be stored in float64, and keep every bit of it", async () => {
    const { init, finetuned } = pair();
    const double = (weights: NamedTensors) =>
      [...weights].map(([name, { shape, data }]) => ({
        name,
        shape,
        data: Float64Array.from(data, (x) => x + 1e-12),
      }));
    await writeSafetensors(at("init"), double(init));
    await writeSafetensors(at("finetuned"), double(finetuned));
    const report = await purifyFiles(paths(), options);
    expect(report.purified).toBeCloseTo(0.5, 1);
    const out = await openCheckpoint(at("out"));
    for (const name of out.names) {
      expect(out.info(name).dtype).toBe("F64");
      const { data } = await out.read(name);
      const from = [init, finetuned].map((weights) => weights.get(name)!.data);
      data.forEach((value, i) => {
        expect(from.map((list) => list[i]! + 1e-12)).toContain(value);
      });
    }
    await out.close();
  });

  it("compares a bfloat16 file beside a float32 base in bfloat16", async () => {
    const { init } = pair();
    const name = "bert.encoder.layer.0.attention.self.query.weight";
    const moved = roundedTo(init.get(name)!.data, "BF16").map((value, i) =>
      i === 3 ? value * 1.5 : value,
    );
    const finetuned = new Map(init).set(name, { shape: [4, 4], data: Float32Array.from(moved) });
    await writeSafetensors(at("init"), init);
    await writeSafetensors(at("finetuned"), finetuned, { dtype: "BF16" });
    // Only the one weight that moved is reset: rounding is no drift.
    const report = await purifyFiles(paths(), { ...options, rho: 0.97 });
    expect(report.medianDrift).toBe(0);
    const [out, own] = [await openCheckpoint(at("out")), await openCheckpoint(at("finetuned"))];
    const { data: found } = await out.read(name);
    const base = roundedTo(init.get(name)!.data, "BF16");
    expect([...found]).toEqual([...base]);
    expect(out.info(name).dtype).toBe("BF16");
    await out.close();
    await own.close();
  });
});

describe("hubNames", () => {
  it("leaves equal names alone, and what has no match out", () => {
    expect([...hubNames(["a.x", "b"], ["b", "a.x", "c"])]).toEqual([
      ["b", "b"],
      ["a.x", "a.x"],
    ]);
  });

  it("takes names with and without the prefix in one file", () => {
    expect([...hubNames(["x.w", "cls.b"], ["bert.x.w", "cls.b"])]).toEqual([
      ["bert.x.w", "x.w"],
      ["cls.b", "cls.b"],
    ]);
  });
});

describe("roundedTo", () => {
  it.each(["BF16", "F16"] as const)("stores what a file in %s would hold", async (dtype) => {
    const values = Float32Array.of(
      0,
      -0,
      1,
      1.00390625,
      1.01171875,
      2.71829,
      -1e-6,
      6e-8,
      2e-45,
      65503,
    );
    await writeSafetensors(
      at("values"),
      new Map([["v", { shape: [values.length], data: values }]]),
      {
        dtype,
      },
    );
    const stored = (await readSafetensors(at("values"))).get("v")!.data;
    expect([...roundedTo(values, dtype)]).toEqual([...stored]);
  });
});
