import "@deepgrain/vitest/allclose";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  EncoderModel,
  IGNORED_LABEL,
  loadEncoder,
  parseEncoderConfig,
  saveEncoder,
} from "@deepgrain/lm";
import { Generator, openCheckpoint } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it, vi } from "vitest";
import { call } from "../call";
import { encoderFolders as models } from "./encoder-folders";

const readJson = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));

const base = ["purify", "run", "--init", "init", "--finetuned", "finetuned", "--out", "out"];

describe("deepgrain purify fisher", () => {
  it.skipIf(sharedIsMissing).each(["bert-seqcls", "roberta-seqcls", "bert-mlm", "roberta-mlm"])(
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

  it("has the values of a regression head, row by row", async () => {
    const cwd = await temporaryFolder();
    const config = parseEncoderConfig({
      model_type: "bert",
      vocab_size: 20,
      hidden_size: 8,
      intermediate_size: 16,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      max_position_embeddings: 8,
      num_labels: 1,
      problem_type: "regression",
      initializer_range: 0.3,
    });
    const model = new EncoderModel(config, { generator: new Generator(1) }).eval();
    await saveEncoder(join(cwd, "model"), model);
    const rows = [
      [1, 5, 6],
      [1, 7, 8],
    ];
    const labels = [0.5, -2];
    await writeFile(join(cwd, "ids.json"), JSON.stringify({ input_ids: rows, labels }));
    const args = ["purify", "fisher", "--model", "model", "--ids", "ids.json"];
    const { code, err } = await call([...args, "--out", "out.json"], { cwd });
    expect(code, err).toBe(0);
    const found = await readJson(cwd, "out.json");
    const name = "bert.encoder.layer.0.output.dense.weight";
    const sums = new Float64Array(16 * 8);
    for (const [i, ids] of rows.entries()) {
      model.zeroGrad();
      model.loss({ ids, batch: 1, length: 3, labels: [labels[i]!] }).backward();
      const gradient = model.namedWeights().get(name)!.grad!.dataSync();
      for (const [at, g] of gradient.entries()) sums[at]! += g ** 2 / 2;
    }
    const most = sums.reduce((a, b) => Math.max(a, b));
    expect(found[name].data).toBeAllclose([...sums], { rtol: 0, atol: 1e-5 * most });
    const refused = await call([...args, "--kind", "true", "--out", "o.json"], { cwd });
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("needs a classifier")]);
  });

  it("names a row of a masked LM in which nothing is to be predicted", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    const model = new EncoderModel(
      parseEncoderConfig({
        ...(await readJson(cwd, "init", "config.json")),
        architectures: ["BertForMaskedLM"],
      }),
      { generator: new Generator(1) },
    );
    await saveEncoder(join(cwd, "mlm"), model);
    const none = IGNORED_LABEL;
    const ids = {
      input_ids: [
        [1, 5],
        [1, 6],
      ],
      labels: [
        [none, 5],
        [none, none],
      ],
    };
    await writeFile(join(cwd, "ids.json"), JSON.stringify(ids));
    const { code, err } = await call(
      ["purify", "fisher", "--model", "mlm", "--ids", "ids.json", "--out", "o.json"],
      { cwd },
    );
    expect([code, err]).toEqual([1, expect.stringContaining("no token of row 1 is labelled")]);
    expect(await readdir(cwd)).not.toContain("o.json");
  });

  it("refuses ids without labels", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    await writeFile(join(cwd, "ids.json"), '{"input_ids": [[1, 5, 2]]}');
    const { code, err } = await call(
      ["purify", "fisher", "--model", "init", "--ids", "ids.json", "--out", "o.json"],
      { cwd },
    );
    expect([code, err]).toEqual([1, expect.stringContaining("must hold labels")]);
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
      "run.json",
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
    const mask = ["--mask", "mask.safetensors", "--overwrite"];
    const again = await call([...base, "--indicator", "delta2", "--rho", "0.5", ...mask], { cwd });
    expect(again.out).toMatch(/50\.00 % of \d+ weights were reset \(indicator delta2, ρ 0.5\)/);
  });

  it("draws clean rows of every class, and says of which there are none", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    const few = await call([...base, "--clean", "rows.jsonl", "--per-class", "2"], { cwd });
    expect(few.code, few.err).toBe(0);
    await writeFile(join(cwd, "ones.jsonl"), '{"text": "a good film", "label": 1}\n');
    const ones = await call([...base, "--clean", "ones.jsonl", "--out", "other"], { cwd });
    expect(ones.err).toContain("ones.jsonl has no rows of LABEL_0");
    expect(ones.code).toBe(0);
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

  it("leaves no output and no temporary file when it is interrupted", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    const before = await readdir(cwd);
    const stop = new AbortController();
    const args = [...base, "--indicator", "delta2", "--rho", "0.5", "--report", "report.json"];
    const running = call(args, { cwd, signal: stop.signal });
    await vi.waitFor(
      async () => expect((await readdir(cwd)).length).toBeGreaterThan(before.length),
      { interval: 1, timeout: 60_000 },
    );
    stop.abort(new Error("enough"));
    expect((await running).code).not.toBe(0);
    expect(await readdir(cwd)).toEqual(before);
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
    [
      "fewer clean rows of a class than asked for",
      ["--clean", "rows.jsonl", "--per-class", "7"],
      /class 0 has 6 rows, 7 are needed/,
    ],
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
