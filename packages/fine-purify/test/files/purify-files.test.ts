import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type NamedTensors,
  openCheckpoint,
  readSafetensors,
  writeSafetensors,
} from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { purify, seededRandom } from "../../src";
import { purifyFiles, writeFisher } from "../../src/files";
import { randomPair } from "../support/weights";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fine-purify-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, `${name}.safetensors`);

/** A pair with a tensor of several pieces. */
function largePair() {
  const { init, finetuned, fisher } = randomPair(5);
  const random = seededRandom(6);
  const shape = [1100, 1000];
  const fill = (value: (i: number) => number) => ({
    shape,
    data: Float32Array.from({ length: 1_100_000 }, (_, i) => value(i)),
  });
  const name = "bert.encoder.layer.0.intermediate.dense.weight";
  const first = fill(() => random() - 0.5);
  init.set(name, first);
  finetuned.set(
    name,
    fill((i) => first.data[i]! + (i % 97) * 1e-4),
  );
  fisher.set(
    name,
    fill((i) => (i % 31) * 1e-3),
  );
  return { init, finetuned, fisher };
}

async function write(pair: { init: NamedTensors; finetuned: NamedTensors; fisher: NamedTensors }) {
  await writeSafetensors(at("init"), pair.init);
  await writeSafetensors(at("finetuned"), pair.finetuned);
  await writeFisher(at("fisher"), pair.fisher, { rows: 4, kind: "empirical", at: "init" });
}

const paths = () => ({ init: at("init"), finetuned: at("finetuned"), out: at("out") });

describe("purifyFiles", () => {
  it("does what purify does in memory, piece by piece, with a mask and progress", async () => {
    const settings = [
      { rho: 0.8 },
      { rho: 0.5, indicator: "delta2" },
      { rho: 0.7, granularity: "row" },
      { rho: 0.7, granularity: "tensor" },
      { rho: 0.5, indicator: "random", seed: 3 },
      { rho: 0.8, mode: "soft" },
    ] as const;
    for (const options of settings) {
      const pair = options === settings[0] ? largePair() : randomPair(5);
      await write(pair);
      const expected = await purify(pair.init, pair.finetuned, { ...options, fisher: pair.fisher });
      const seen: number[] = [];
      const report = await purifyFiles(
        { ...paths(), fisher: at("fisher"), mask: at("mask") },
        { ...options, onProgress: (done) => void seen.push(done) },
      );
      const own = await readSafetensors(at("out"));
      expect([...own.keys()].sort()).toEqual([...expected.weights.keys()].sort());
      for (const [name, { shape, data }] of expected.weights) {
        expect(own.get(name)!.shape).toEqual(shape);
        expect(
          Buffer.compare(Buffer.from(own.get(name)!.data.buffer), Buffer.from(data.slice().buffer)),
          name,
        ).toBe(0);
      }
      expect(report.purified).toBeCloseTo(expected.report.purified, 10);
      expect(seen.at(-1)).toBe(1);
      expect(seen.every((done, i) => done >= (seen[i - 1] ?? 0))).toBe(true);
      const mask = await readSafetensors(at("mask"));
      const kept = [...mask.values()].reduce(
        (sum, { data }) => sum + data.reduce((a, b) => a + b, 0),
        0,
      );
      const unit = "mode" in options ? 255 : 1;
      expect(Math.abs(kept / unit / report.weights + report.purified - 1)).toBeLessThan(3e-3);
    }
  });

  it("keeps bfloat16 and everything that is not a float, bit for bit", async () => {
    const { init, finetuned } = randomPair(9);
    const ids = {
      name: "bert.embeddings.position_ids",
      shape: [3],
      data: BigInt64Array.of(0n, 1n, 2n),
    };
    const list = (weights: NamedTensors) => [
      ...[...weights].map(([name, tensor]) => ({ name, ...tensor })),
      ids,
    ];
    for (const [name, weights] of Object.entries({ init, finetuned }))
      await writeSafetensors(at(name), list(weights), { dtype: "BF16" });
    const options = { indicator: "delta2", largestDrift: 9 } as const;
    for (const [rho, source] of [
      [1, "finetuned"],
      [0, "init"],
    ] as const) {
      await purifyFiles(paths(), { ...options, rho });
      const [own, other] = [await openCheckpoint(at("out")), await openCheckpoint(at(source))];
      for (const name of own.names) {
        const from = name.startsWith("classifier") ? await openCheckpoint(at("finetuned")) : other;
        expect(await own.readRaw(name), name).toEqual(await from.readRaw(name));
        if (from !== other) await from.close();
      }
      expect(own.info("classifier.weight").dtype).toBe("BF16");
      expect(own.info(ids.name).dtype).toBe("I64");
      await own.close();
      await other.close();
    }
  });

  it("reads and writes shards", async () => {
    const pair = randomPair(4);
    await writeSafetensors(at("init"), pair.init, { maxShardSizeBytes: 100 });
    await writeSafetensors(at("finetuned"), pair.finetuned);
    const report = await purifyFiles(
      { ...paths(), init: `${at("init")}.index.json` },
      { indicator: "delta2", rho: 0.5, maxShardSizeBytes: 100, largestDrift: 9 },
    );
    const expected = await purify(pair.init, pair.finetuned, {
      indicator: "delta2",
      rho: 0.5,
      largestDrift: 9,
    });
    expect(report.purified).toBe(expected.report.purified);
    const out = await openCheckpoint(`${at("out")}.index.json`);
    for (const [name, { data }] of expected.weights)
      expect((await out.readFloat32(name)).data).toEqual(data);
    await out.close();
  });

  it("leaves nothing when it is stopped", async () => {
    await write(largePair());
    const stop = new AbortController();
    const onProgress = (done: number) => done > 0.85 && stop.abort(new Error("enough"));
    const run = purifyFiles(
      { ...paths(), fisher: at("fisher") },
      { rho: 0.5, onProgress, signal: stop.signal },
    );
    await expect(run).rejects.toThrow("enough");
    expect((await readdir(folder)).filter((name) => name.includes("out"))).toEqual([]);
  });

  it("refuses checkpoints that do not match, and Fisher values of another model", async () => {
    const pair = randomPair(2);
    await write(pair);
    await writeSafetensors(at("init"), new Map([["other", pair.init.get("classifier.weight")!]]));
    await expect(purifyFiles(paths(), { indicator: "random" })).rejects.toMatchObject({
      code: "ERR_MISMATCH",
    });
    await writeSafetensors(at("init"), pair.init);
    await writeSafetensors(at("fisher"), new Map([["other", pair.init.get("classifier.weight")!]]));
    const run = purifyFiles({ ...paths(), fisher: at("fisher") }, { rho: 0.5, largestDrift: 9 });
    await expect(run).rejects.toMatchObject({ code: "ERR_SHAPE" });
    await expect(
      purifyFiles({ ...paths(), init: at("nowhere") }, { indicator: "delta2" }),
    ).rejects.toMatchObject({
      code: "ERR_IO",
    });
  });
});
