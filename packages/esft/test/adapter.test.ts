import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { optim, readSafetensors, tidy, writeSafetensors } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import {
  applyAdapter,
  type ExpertConfig,
  formatExpertConfig,
  freezeExcept,
  openAdapter,
  removeAdapter,
  saveAdapter,
  switchAdapter,
} from "../src";
import { trainedWeights } from "../src/selection/trained-weights";
import { temporaryFolder } from "./support/temporary-folder";
import { changedNames, snapshot, TinyModel } from "./support/tiny-model";

const config = (first: number[], second: number[], flags: Partial<ExpertConfig> = {}) => ({
  experts: new Map([
    [1, first],
    [2, second],
  ]),
  sharedExperts: false,
  nonExpertModules: false,
  ...flags,
});

function trainSteps(model: TinyModel, chosen: ExpertConfig, shift: number): void {
  freezeExcept(model, chosen);
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.05 });
  const ids = [1, 2, 3, 4, 5, 6, 7].map((id) => (id * shift) % 13);
  for (let step = 0; step < 3; step++)
    tidy(() => {
      model.loss([ids], [ids.map((id) => (id + shift) % 13)]).backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
  optimizer.dispose();
}

/** Trains a model and stores what changed. */
async function trainedAdapter(chosen: ExpertConfig, shift = 1) {
  const folder = join(temporaryFolder(), "adapter");
  const model = new TinyModel();
  trainSteps(model, chosen, shift);
  const saved = await saveAdapter(folder, model, chosen);
  const weights = await snapshot(model);
  model.dispose();
  return { folder, saved, weights };
}

describe("saveAdapter", () => {
  it("stores the trained tensors alone, with full names, beside the configuration", async () => {
    const chosen = config([3, 0], [1]);
    const { folder, saved, weights } = await trainedAdapter(chosen);
    expect(readdirSync(folder).sort()).toEqual(["adapter_model.safetensors", "expert_cfg.json"]);
    const stored = await readSafetensors(join(folder, "adapter_model.safetensors"));
    expect([...stored.keys()].sort()).toEqual(trainedWeights(weights.keys(), chosen).sort());
    expect(stored.size).toBe(9);
    const name = "model.layers.1.mlp.experts.3.gate_proj.weight";
    expect(stored.get(name)).toEqual({ shape: [4, 6], data: weights.get(name) });
    expect(saved).toMatchObject({ parameters: 9 * 24, dataBytes: 9 * 24 * 4 });
    expect(readFileSync(join(folder, "expert_cfg.json"), "utf8")).toBe(formatExpertConfig(chosen));
  });

  it("stores shared experts and other modules when they are trained", async () => {
    const model = new TinyModel();
    const names = model.weightNames();
    const shared = trainedWeights(names, config([], [], { sharedExperts: true }));
    expect(shared).toHaveLength(6);
    const other = trainedWeights(names, config([], [], { nonExpertModules: true }));
    expect(other).toEqual(names.filter((name) => !name.includes("experts")));
    model.dispose();
  });

  it("overwrites its own files, with shards too, and touches no others", async () => {
    const { folder } = await trainedAdapter(config([0], []));
    writeFileSync(join(folder, "notes.txt"), "mine");
    const model = new TinyModel({ seed: 5 });
    const chosen = config([1, 2], [3]);
    const saved = await saveAdapter(folder, model, chosen, {
      dtype: "BF16",
      maxShardSizeBytes: 200,
      metadata: { base: "tiny" },
    });
    expect(saved.files.length).toBeGreaterThan(2);
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("mine");
    const adapter = await openAdapter(folder);
    expect(adapter.config).toEqual(chosen);
    expect(adapter.metadata.base).toBe("tiny");
    expect([...adapter.names].sort()).toEqual(trainedWeights(model.weightNames(), chosen).sort());
    await adapter.close();
    model.dispose();
  });

  it("refuses what would mislead a reader, and writes nothing then", async () => {
    const folder = temporaryFolder();
    const model = new TinyModel();
    const fails = (chosen: ExpertConfig, place = folder) =>
      saveAdapter(place, model, chosen).catch((error: unknown) => error);
    expect(await fails(config([], []))).toMatchObject({ code: "ERR_MISSING" });
    expect(await fails(config([9], []))).toMatchObject({ code: "ERR_MISMATCH" });
    mkdirSync(join(folder, "taken"));
    writeFileSync(join(folder, "taken", "model.safetensors"), "x");
    expect(await fails(config([0], []), join(folder, "taken"))).toMatchObject({
      code: "ERR_STATE",
    });
    model.writeWeight(
      "model.layers.1.mlp.experts.0.down_proj.weight",
      new Float32Array(24).fill(NaN),
    );
    expect(await fails(config([0], []))).toMatchObject({ code: "ERR_NOT_FINITE" });
    expect(readdirSync(folder)).toEqual(["taken"]);
    model.dispose();
  });
});

describe("applyAdapter", () => {
  it("gives a fresh base model the trained weights, and gives the base back bit for bit", async () => {
    const { folder, weights } = await trainedAdapter(config([3, 0], [1]));
    const model = new TinyModel();
    const base = await snapshot(model);
    const applied = await applyAdapter(model, folder);
    expect(changedNames(weights, await snapshot(model))).toEqual([]);
    expect(changedNames(base, await snapshot(model)).length).toBeGreaterThan(0);
    expect(applied.weights.originalBytes).toBe(9 * 24 * 4);
    removeAdapter(applied);
    expect(changedNames(base, await snapshot(model))).toEqual([]);
    expect(applied.weights.originalBytes).toBe(0);
    model.dispose();
  });

  it("switches between adapters without the base model", async () => {
    const [first, second] = [
      await trainedAdapter(config([3], [1])),
      await trainedAdapter(config([0], [2]), 2),
    ];
    const model = new TinyModel();
    const base = await snapshot(model);
    const one = await applyAdapter(model, first!.folder);
    await expect(applyAdapter(model, second!.folder)).rejects.toMatchObject({ code: "ERR_STATE" });
    const two = await switchAdapter(one, second!.folder);
    expect(changedNames(second!.weights, await snapshot(model))).toEqual([]);
    removeAdapter(one); // long gone: does nothing
    expect(changedNames(second!.weights, await snapshot(model))).toEqual([]);
    const again = await switchAdapter(two, first!.folder);
    expect(changedNames(first!.weights, await snapshot(model))).toEqual([]);
    removeAdapter(again);
    expect(changedNames(base, await snapshot(model))).toEqual([]);
    model.dispose();
  });

  it("reads older adapters, whose names lack model., and files without our metadata", async () => {
    const { folder, weights } = await trainedAdapter(config([3], [1]));
    const file = join(folder, "adapter_model.safetensors");
    const stored = await readSafetensors(file);
    rmSync(file);
    const names = [...stored].map(
      ([name, value]) => [name.replace(/^model\./, ""), value] as const,
    );
    await writeSafetensors(join(folder, "a.safetensors"), new Map(names.slice(0, 2)));
    await writeSafetensors(join(folder, "b.safetensors"), new Map(names.slice(2)));
    const model = new TinyModel();
    await applyAdapter(model, folder);
    expect(changedNames(weights, await snapshot(model))).toEqual([]);
    model.dispose();
  });

  it("refuses another base model, unless told not to look", async () => {
    const { folder } = await trainedAdapter(config([3], [1]));
    const other = new TinyModel({ seed: 2 });
    const before = await snapshot(other);
    await expect(applyAdapter(other, folder)).rejects.toThrow(
      /the base model must have fingerprint [0-9a-f]{12}…, got [0-9a-f]{12}…; it is not the model/,
    );
    expect(changedNames(before, await snapshot(other))).toEqual([]);
    await applyAdapter(other, folder, { verifyBase: false });
    other.dispose();
    const fewer = new TinyModel({ experts: 3 });
    await expect(applyAdapter(fewer, folder)).rejects.toThrow(
      /adapter\/expert_cfg.json: experts\["1"\]\[0\] must be an expert from 0 to 2, got 3/,
    );
    fewer.dispose();
    const wider = new TinyModel({ hidden: 8 });
    await expect(applyAdapter(wider, folder)).rejects.toThrow(
      /must have shape \[4, 8\], got \[4, 6\]/,
    );
    wider.dispose();
  });

  it("notices tensors of one adapter beside the configuration of another", async () => {
    const { folder } = await trainedAdapter(config([3], [1]));
    const model = new TinyModel();
    writeFileSync(join(folder, "expert_cfg.json"), formatExpertConfig(config([3], [2])));
    await expect(applyAdapter(model, folder)).rejects.toThrow(/they are of another adapter/);
    await expect(applyAdapter(model, folder, { config: config([3], [1, 2]) })).rejects.toThrow(
      /must hold 3 more weights of its configuration: model.layers.2.mlp.experts.2.gate_proj.weight/,
    );
    await expect(applyAdapter(model, folder, { config: config([3], []) })).rejects.toThrow(
      /must hold no weight outside its configuration/,
    );
    rmSync(join(folder, "adapter_model.safetensors"));
    await expect(openAdapter(folder, { config: config([3], []) })).rejects.toThrow(
      /must hold a \*\.safetensors file/,
    );
    await expect(openAdapter(join(folder, "none"))).rejects.toMatchObject({ code: "ERR_IO" });
    model.dispose();
  });

  it("puts everything back when it fails on the way or is aborted", async () => {
    const { folder } = await trainedAdapter(config([3, 0], [1]));
    const model = new TinyModel();
    const base = await snapshot(model);
    const broken = join(temporaryFolder(), "broken");
    cpSync(folder, broken, { recursive: true });
    const file = join(broken, "adapter_model.safetensors");
    const stored = await readSafetensors(file);
    [...stored.values()].at(-1)!.data[5] = Number.NaN;
    await writeSafetensors(file, stored);
    await expect(applyAdapter(model, broken)).rejects.toMatchObject({ code: "ERR_NOT_FINITE" });
    expect(changedNames(base, await snapshot(model))).toEqual([]);
    const controller = new AbortController();
    const write = model.writeWeight.bind(model);
    model.writeWeight = (name, data) => {
      write(name, data);
      controller.abort(new Error("enough"));
    };
    await expect(applyAdapter(model, folder, { signal: controller.signal })).rejects.toThrow(
      "enough",
    );
    expect(changedNames(base, await snapshot(model))).toEqual([]);
    model.writeWeight = write;
    removeAdapter(await applyAdapter(model, folder));
    model.dispose();
  });
});
