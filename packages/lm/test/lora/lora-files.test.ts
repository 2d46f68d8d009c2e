import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NamedTensors, readSafetensors, writeSafetensors } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loraDelta, loraRank, mergeLora, readLora, saveLora, unmergeLora } from "../../src";
import {
  defaultLoraConfig,
  formatLoraConfig,
  loraScale,
  parseLoraConfig,
} from "../../src/lora/lora-config";
import type { Lora } from "../../src/lora/lora-delta";
import { loraFromTensors } from "../../src/lora/lora-files";
import { isTarget } from "../../src/lora/module-paths";

const named = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });

/** W of shape [2, 3]; r = 1, alpha = 2. */
const small = (changes: object = {}): Lora => ({
  config: { ...defaultLoraConfig, rank: 1, alpha: 2, ...changes },
  factors: new Map([["layer.proj", { a: named([1, 3], 1, 2, 3), b: named([2, 1], 10, -1) }]]),
  saved: new Map(),
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deepgrain-lora-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("loraDelta and mergeLora", () => {
  it("add alpha/r times B times A", async () => {
    const delta = await loraDelta(small(), "layer.proj");
    expect(delta).toEqual(named([2, 3], 20, 40, 60, -2, -4, -6));
    const weights: NamedTensors = new Map([
      ["layer.proj.weight", named([2, 3], 1, 1, 1, 1, 1, 1)],
      ["other", named([1], 5)],
    ]);
    const merged = await mergeLora(weights, small());
    expect(merged.get("layer.proj.weight")).toEqual(named([2, 3], 21, 41, 61, -1, -3, -5));
    expect(merged.get("other")).toBe(weights.get("other"));
    expect(weights.get("layer.proj.weight")!.data[0]).toBe(1);
    expect(await unmergeLora(merged, small())).toEqual(weights);
  });

  it("transpose for weights stored [in, out], and scale by alpha/√r when asked", async () => {
    const delta = await loraDelta(small({ fanInFanOut: true }), "layer.proj");
    expect(delta).toEqual(named([3, 2], 20, -2, 40, -4, 60, -6));
    const config = { ...defaultLoraConfig, rank: 4, alpha: 6 };
    expect(loraScale(config, "x")).toBe(1.5);
    expect(loraScale({ ...config, useRslora: true }, "x")).toBe(3);
    const patterns = { rankPattern: { q_proj: 2 }, alphaPattern: { "layers\\.0\\..*": 9 } };
    expect(loraScale({ ...config, ...patterns }, "model.layers.0.q_proj")).toBe(4.5);
    expect(loraScale({ ...config, ...patterns }, "model.layers.1.my_q_proj")).toBe(1.5);
  });

  it("replace whole modules, which cannot be taken out", async () => {
    const lora = { ...small(), saved: new Map([["head.weight", named([2], 7, 8)]]) };
    const weights = new Map([
      ["layer.proj.weight", named([2, 3], 0, 0, 0, 0, 0, 0)],
      ["head.weight", named([2], 1, 2)],
    ]);
    const merged = await mergeLora(weights, lora);
    expect(merged.get("head.weight")!.data).toEqual(Float32Array.of(7, 8));
    await expect(unmergeLora(merged, lora)).rejects.toMatchObject({ code: "ERR_STATE" });
  });

  it("name what does not fit", async () => {
    await expect(mergeLora(new Map(), small())).rejects.toThrow(
      /base model must have a weight layer.proj.weight/,
    );
    await expect(
      mergeLora(new Map([["layer.proj.weight", named([3, 2], 1, 1, 1, 1, 1, 1)]]), small()),
    ).rejects.toThrow(/shape \[3, 2\], got \[2, 3\]/);
    await expect(loraDelta(small(), "none")).rejects.toMatchObject({ code: "ERR_MISSING" });
    const bad = new Map([["m", { a: named([2, 1], 1, 1), b: named([1, 1], 1) }]]);
    await expect(loraDelta({ ...small(), factors: bad }, "m")).rejects.toMatchObject({
      code: "ERR_SHAPE",
    });
  });
});

describe("patterns of module names", () => {
  const parse = (extra: object, options = {}) =>
    parseLoraConfig(JSON.stringify({ r: 8, lora_alpha: 8, ...extra }), options);

  it("end at once where backtracking takes for ever", async () => {
    const config = await parse({ rank_pattern: { "(a+)+$": 2 } });
    expect(loraRank(config, `${"a".repeat(20_000)}!`)).toBe(8);
    expect(loraRank(config, "layers.0.aaa")).toBe(2);
  });

  it("are those of PEFT: names, ends of names, expressions from a dot on", async () => {
    const config = await parse({
      rank_pattern: { q_proj: 2, "layers\\.[01]\\..*": 3, "^lm_head": 4 },
    });
    const ranks = ["a.q_proj", "xq_proj", "model.layers.1.up", "model.layers.2.up", "lm_head"];
    expect(ranks.map((name) => loraRank(config, name))).toEqual([2, 8, 3, 8, 4]);
  });

  it("name whole modules where target_modules is an expression", async () => {
    const config = await parse({ target_modules: ".*\\.(q|v)_proj" });
    expect(config.targetModules).toBe(".*\\.(q|v)_proj");
    const names = ["model.layers.0.q_proj", "model.layers.0.q_proj.x", "model.layers.0.k_proj"];
    expect(names.map((name) => isTarget(name, config))).toEqual([true, false, false]);
    expect((await parse({ target_modules: "q_proj" })).targetModules).toBe("q_proj"); // not a list of ends
  });

  it("look ahead in files that are trusted", async () => {
    const config = await parse({ rank_pattern: { "q(?=_)_proj": 2 } }, { trustPatterns: true });
    expect(loraRank(config, "a.q_proj")).toBe(2);
  });
});

describe("PEFT folders", () => {
  it("survive writing and reading", async () => {
    const lora: Lora = {
      ...small({
        modulesToSave: ["head"],
        targetModules: ["proj"],
        baseModel: "tiny",
        dropout: 0.1,
      }),
      saved: new Map([["head.weight", named([2], 7, 8)]]),
    };
    expect((await saveLora(folder, lora)).dataBytes).toBe(4 * (3 + 2 + 2));
    expect(await readLora(folder)).toEqual(lora);
    const stored = await readSafetensors(join(folder, "adapter_model.safetensors"));
    expect([...stored.keys()].sort()).toEqual([
      "base_model.model.head.weight",
      "base_model.model.layer.proj.lora_A.weight",
      "base_model.model.layer.proj.lora_B.weight",
    ]);
    const json = JSON.parse(await readFile(join(folder, "adapter_config.json"), "utf8"));
    expect(json).toMatchObject({
      peft_type: "LORA",
      r: 1,
      lora_alpha: 2,
      target_modules: ["proj"],
      modules_to_save: ["head"],
      bias: "none",
    });
  });

  it("may carry the adapter's name inside the tensors' names", () => {
    const { factors } = small();
    const { a, b } = factors.get("layer.proj")!;
    const read = loraFromTensors(
      new Map([
        ["base_model.model.layer.proj.lora_A.default.weight", a],
        ["base_model.model.layer.proj.lora_B.default.weight", b],
        ["base_model.model.head.modules_to_save.default.weight", named([1], 1)],
      ]),
      small().config,
    );
    expect(read.factors).toEqual(factors);
    expect([...read.saved.keys()]).toEqual(["head.weight"]);
  });

  it.each([
    ["{}", /r must be a whole number of at least 1, got 0/],
    ['{"r": 8}', /lora_alpha must be a number above 0/],
    ['{"r": 8, "lora_alpha": 8, "peft_type": "IA3"}', /peft_type must be "LORA", got "IA3"/],
    ['{"r": 8, "lora_alpha": 8, "use_dora": true}', /DoRA is not supported/],
    ['{"r": 8, "lora_alpha": 8, "bias": "all"}', /trained biases are not supported/],
    ['{"r": 8, "lora_alpha": 8, "target_modules": 3}', /target_modules must be a list of names/],
    ['{"r": 8, "lora_alpha": 8, "rank_pattern": {"a": 0.5}}', /rank_pattern must be .* whole/],
    [
      '{"r": 8, "lora_alpha": 8, "rank_pattern": {"(": 2}}',
      /rank_pattern\["\("\] must be a regular/,
    ],
    ['{"r": 8, "lora_alpha": 8, "rank_pattern": {"(?=a)": 2}}', /rank_pattern.* linear time/],
    ['{"r": 8, "lora_alpha": 8, "alpha_pattern": {"a(?!b)": 2}}', /alpha_pattern.* linear time/],
    ['{"r": 8, "lora_alpha": 8, "target_modules": "(a)\\\\1"}', /target_modules.* linear time/],
    ['{"r": 8, "lora_alpha": 8, "lora_dropout": "0.5"}', /lora_dropout must be a probability/],
    [
      '{"r": 8, "lora_alpha": 8, "rank_pattern": {"a": -1}}',
      /rank_pattern must be numbers by pattern/,
    ],
  ])("with the configuration %s are refused", async (text, message) => {
    await expect(parseLoraConfig(text)).rejects.toThrow(message);
  });

  it("are refused when tensors are missing or of another rank", async () => {
    const { a, b } = small().factors.get("layer.proj")!;
    const read = (entries: [string, typeof a][]) => () =>
      loraFromTensors(new Map(entries), small().config);
    expect(read([["m.lora_A.weight", a]])).toThrow(/m must have both factors, lora_B is missing/);
    expect(
      read([
        ["m.lora_A.weight", named([2, 1], 1, 1)],
        ["m.lora_B.weight", b],
      ]),
    ).toThrow(/m must have rank 1 as adapter_config.json says/);
    expect(read([["m.lora_magnitude_vector", a]])).toThrow(/must be a factor of a linear weight/);
    await expect(readLora(folder)).rejects.toMatchObject({ code: "ERR_MISSING" });
    await writeFile(join(folder, "adapter_config.json"), formatLoraConfig(defaultLoraConfig));
    await writeSafetensors(join(folder, "adapter_model.safetensors"), new Map());
    await expect(readLora(folder)).rejects.toThrow(/must hold factors, found none/);
    expect(await parseLoraConfig(formatLoraConfig(defaultLoraConfig))).toEqual(defaultLoraConfig);
  });
});

describe("Patterns of a configuration", () => {
  const patterns = (n: number) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, 1]));

  it("are refused where there are too many, or too many for the modules", async () => {
    const json = { peft_type: "LORA", r: 1, lora_alpha: 1, target_modules: ["q"] };
    const text = JSON.stringify({ ...json, rank_pattern: patterns(1025) });
    await expect(parseLoraConfig(text)).rejects.toMatchObject({ code: "ERR_LIMIT" });
    const config = { ...defaultLoraConfig, rank: 1, rankPattern: patterns(1024) };
    const one = named([1, 1], 1);
    const tensors = new Map(
      Array.from({ length: 1025 }, (_, i) => [`l${i}.lora_A.weight`, one] as const),
    );
    expect(() => loraFromTensors(tensors, config)).toThrow(
      expect.objectContaining({ code: "ERR_LIMIT" }),
    );
  });
});
