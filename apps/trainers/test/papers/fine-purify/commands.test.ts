import "@deepgrain/vitest/allclose";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  EncoderModel,
  loadEncoder,
  parseEncoderConfig,
  saveEncoder,
  saveTokenizer,
  tokenizerConfig,
  trainBpe,
} from "@deepgrain/lm";
import { Generator, openCheckpoint } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { call, temporaryFolder } from "../../call";

const readJson = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));

/** A BERT folder with a byte-level tokenizer; `init` and `finetuned` in it differ a little. */
async function models(cwd: string, dtype: "F32" | "BF16" = "F32"): Promise<void> {
  const special = ["[PAD]", "[CLS]", "[SEP]", "[MASK]"];
  const tokenizer = await trainBpe(["good film bad film"], {
    vocabSize: 270,
    specialTokens: special,
  });
  const config = parseEncoderConfig({
    model_type: "bert",
    vocab_size: 280,
    hidden_size: 8,
    intermediate_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: 40,
    initializer_range: 0.2,
  });
  const roles = { clsToken: "[CLS]", sepToken: "[SEP]", padToken: "[PAD]", maskToken: "[MASK]" };
  for (const name of ["init", "finetuned"]) {
    const model = new EncoderModel(config, { generator: new Generator(1) });
    const random = new Generator(2);
    if (name === "finetuned")
      for (const [, weight] of model.namedWeights())
        weight.set(weight.dataSync().map((w, i) => w + 0.01 * Math.sin(i + random.state().offset)));
    await saveEncoder(join(cwd, name), model, { dtype });
    const own = { ...tokenizerConfig(tokenizer, { modelMaxLength: 40 }), ...tokens(roles) };
    await saveTokenizer(join(cwd, name), { tokenizer, config: own });
  }
  const rows = Array.from({ length: 12 }, (_, i) => ({
    text: i % 2 ? "a good film" : "a bad film",
    label: i % 2,
  }));
  await writeFile(join(cwd, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

const tokens = (roles: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(roles).map(([key, value]) => [
      key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      value,
    ]),
  );

const base = ["purify", "run", "--init", "init", "--finetuned", "finetuned", "--out", "out"];

describe("deepgrain purify fisher", () => {
  it.skipIf(sharedIsMissing).each(["bert-seqcls", "roberta-seqcls"])(
    "has the reference's values of %s",
    async (name) => {
      const cwd = await temporaryFolder();
      const golden = await readJson(shared(`golden/encoders/${name}/golden.json`));
      const { input_ids, attention_mask, token_type_ids, labels } = golden;
      await writeFile(
        join(cwd, "ids.json"),
        JSON.stringify({ input_ids, attention_mask, token_type_ids, labels }),
      );
      const args = [
        "purify",
        "fisher",
        "--model",
        shared(`golden/encoders/${name}`),
        "--ids",
        "ids.json",
      ];
      const { code, out, err } = await call([...args, "--out", "out.json"], { cwd });
      expect({ code, out }).toEqual({ code: 0, out: "" });
      expect(err).toMatch(/memory of the Fisher pass .* total \d+ MB/);
      const found = await readJson(cwd, "out.json");
      for (const [weight, sum] of Object.entries<number>(golden.fisher_sums)) {
        if (golden.zero_gradient_tensors.includes(weight)) continue;
        expect(Math.abs(found[weight].sum - sum)).toBeLessThanOrEqual(2e-3 * sum);
        const entries = golden.fisher[weight]?.data;
        if (entries)
          expect(found[weight].data).toBeAllclose(entries, {
            rtol: 0,
            atol: 2e-3 * Math.max(...entries),
          });
      }
      expect((await call([...args, "--out", "f.safetensors"], { cwd })).code).toBe(0);
      const file = await openCheckpoint(join(cwd, "f.safetensors"));
      expect(file.metadata).toMatchObject({ kind: "empirical", rows: String(labels.length) });
      await file.close();
    },
  );

  it("refuses ids without labels", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    await writeFile(join(cwd, "ids.json"), '{"input_ids": [[1, 5, 2]]}');
    const { code, err } = await call(
      ["purify", "fisher", "--model", "init", "--ids", "ids.json", "--out", "o.json"],
      { cwd },
    );
    expect([code, err]).toEqual([2, expect.stringContaining("must hold labels")]);
  });
});

describe("deepgrain purify run", () => {
  it("takes Fisher values, resets a tenth of the weights, and writes a model that loads, in bfloat16", async () => {
    const cwd = await temporaryFolder();
    await models(cwd, "BF16");
    const args = [...base, "--clean", "rows.jsonl", "--report", "report.json", "--json"];
    const { code, out, err } = await call(args, { cwd });
    expect(err).toContain("memory of the Fisher pass");
    expect(code).toBe(0);
    const printed = JSON.parse(out);
    expect(printed.purified).toBeCloseTo(0.1, 3);
    expect(await readJson(cwd, "report.json")).toMatchObject({
      weights: printed.weights,
      purified: printed.purified,
    });
    expect((await readdir(join(cwd, "out"))).sort()).toEqual([
      "config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    const file = await openCheckpoint(join(cwd, "out"));
    expect(new Set(file.names.map((name) => file.info(name).dtype))).toEqual(new Set(["BF16"]));
    await file.close();
    await loadEncoder(join(cwd, "out"));
  });

  it("needs no clean rows with δ² or a random mask, and returns the suspect at ρ = 1", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    const { code } = await call([...base, "--indicator", "random", "--rho", "1"], { cwd });
    expect(code).toBe(0);
    const [own, other] = await Promise.all(
      ["out", "finetuned"].map((name) => openCheckpoint(join(cwd, name))),
    );
    for (const name of own!.names)
      expect(await own!.readRaw(name)).toEqual(await other!.readRaw(name));
    await own!.close();
    await other!.close();
    const again = await call(
      [...base, "--indicator", "delta2", "--rho", "0.5", "--mask", "mask.safetensors"],
      { cwd },
    );
    expect(again.out).toMatch(/50\.00 % of \d+ weights were reset \(indicator delta2, ρ 0.5\)/);
  });

  it("searches ρ on held-out rows and fine-tunes afterwards", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    const args = [
      ...base,
      "--clean",
      "rows.jsonl",
      "--held-out",
      "rows.jsonl",
      "--tolerance",
      "1",
      "--epochs",
      "1",
    ];
    const { code, err } = await call(args, { cwd });
    expect(err).toMatch(/ρ 0: accuracy .* % of 12 held-out rows/);
    expect(code).toBe(0);
  });

  it.each<[string, string[], RegExp]>([
    ["no clean rows", [], /--clean is needed/],
    [
      "another base",
      ["--indicator", "delta2", "--largest-drift", "0.0001"],
      /is the initial checkpoint the one that was fine-tuned/,
    ],
    [
      "an output that holds an input",
      ["--indicator", "delta2", "--out", "."],
      /contains the input/,
    ],
    ["labels outside of the set", ["--clean", "bad.jsonl"], /row 2: label must be from 0 to 1/],
    ["an empty clean set", ["--clean", "empty.jsonl"], /holds no rows/],
  ])("refuses %s, and leaves no output", async (_, more, message) => {
    const cwd = await temporaryFolder();
    await models(cwd);
    await writeFile(
      join(cwd, "bad.jsonl"),
      '{"text": "a", "label": 1}\n{"text": "b", "label": 7}\n',
    );
    await writeFile(join(cwd, "empty.jsonl"), "");
    const { code, err } = await call([...base, ...more], { cwd });
    expect(code).not.toBe(0);
    expect(err).toMatch(message);
    expect(await readdir(cwd)).not.toContain("out");
  });
});

describe("deepgrain purify attack and report", () => {
  it.each(["data", "embedding", "layerwise", "restricted", "adaptive"])(
    "plants a backdoor by way of %s",
    async (way) => {
      const cwd = await temporaryFolder();
      await models(cwd);
      const args = [
        "purify",
        "attack",
        "--model",
        "init",
        "--data",
        "rows.jsonl",
        "--test",
        "rows.jsonl",
        "--out",
        "victim",
      ];
      const options = [
        "--way",
        way,
        "--rate",
        "0.5",
        "--batch",
        "4",
        "--epochs",
        "1",
        "--optimizer",
        "sgd",
        "--lr",
        "0.1",
      ];
      const { code, out } = await call([...args, ...options], { cwd });
      expect(code).toBe(0);
      expect(out).toMatch(
        /ACC .* of 12 \(all clean test rows\)\nASR .* of 6 \(triggered test rows whose true label is not the target class 0\)/,
      );
      await loadEncoder(join(cwd, "victim"));
    },
  );

  it("measures before and after, with what was reset, on one page", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    await call([...base, "--clean", "rows.jsonl", "--mode", "soft", "--report", "reset.json"], {
      cwd,
    });
    const args = [
      "purify",
      "report",
      "--before",
      "finetuned",
      "--after",
      "out",
      "--test",
      "rows.jsonl",
    ];
    const { code, out } = await call(
      [...args, "--attack", "BiasSent", "--purification", "reset.json", "--out", "page.html"],
      { cwd },
    );
    expect(code).toBe(0);
    expect(out).toMatch(/before: ACC .*\nbefore: BACC .*\nafter: ACC .*\nafter: BACC /);
    const page = await readFile(join(cwd, "page.html"), "utf8");
    expect(page).toContain("bert.embeddings.word_embeddings.weight");
    expect(page).toContain("poisonous, fitted");
    expect(page).not.toMatch(/NaN|undefined|<script/);
  });

  it("refuses a target that the model does not have", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    const { code, err } = await call(
      [
        "purify",
        "attack",
        "--model",
        "init",
        "--data",
        "rows.jsonl",
        "--out",
        "v",
        "--target",
        "2",
      ],
      { cwd },
    );
    expect([code, err]).toEqual([2, expect.stringContaining("--new-head makes one")]);
  });
});
