import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CausalLM,
  copyTokenizer,
  EncoderModel,
  loadEncoder,
  parseConfig,
  parseEncoderConfig,
  saveEncoder,
  saveModel,
} from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { encoderFolders as models } from "./encoder-folders";

const base = ["purify", "run", "--init", "init", "--finetuned", "finetuned", "--out", "out"];

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
        "--poison-rate",
        "0.5",
        "--batch-size",
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
    const { code, out, err } = await call(
      [...args, "--attack", "BiasSent", "--purification", "reset.json", "--out", "page.html"],
      { cwd },
    );
    expect(code, err).toBe(0);
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

describe("deepgrain purify defend", () => {
  const screen = ["purify", "defend", "--model", "finetuned", "--data", "rows.jsonl"];
  const jsonl = async (path: string) =>
    (await readFile(path, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it.each(["strip", "rap"])(
    "refuses rows by %s, and says of each how it scored",
    async (method) => {
      const cwd = await temporaryFolder();
      await models(cwd);
      const args = [...screen, "--clean", "rows.jsonl", "--method", method, "--frr", "0.2"];
      const more = ["--rap-word", "film", "--out", "out.jsonl", "--attack", "BadWord"];
      const { code, out, err } = await call([...args, ...more], { cwd });
      expect(code, err).toBe(0);
      expect(out).toMatch(
        /^\d+ of 12 rows are refused \(threshold .*\)\nbefore: ACC .*\nbefore: ASR .* of 6 /,
      );
      expect(out).toMatch(/after: ACC .*\nafter: ASR .* of 6 /);
      const rows = await jsonl(join(cwd, "out.jsonl"));
      expect(rows).toHaveLength(12);
      expect(rows[0]).toEqual({
        text: "a bad film",
        label: 0,
        score: expect.any(Number),
        refused: expect.any(Boolean),
      });
      const refused = rows.filter((row) => row.refused).length;
      expect(out.startsWith(`${refused} of 12`)).toBe(true);
    },
  );

  it("prints detection rates of rows that say which are poisoned; labels may be missing", async () => {
    const cwd = await temporaryFolder();
    await models(cwd);
    const rows = [
      { text: "a good film", poison: 0 },
      { text: "a cf film", poison: 1 },
    ];
    await writeFile(join(cwd, "in.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const args = ["--data", "in.jsonl", "--clean", "rows.jsonl", "--json", "--out", "o.jsonl"];
    const { out, code, err } = await call([...screen, ...args], { cwd });
    expect(code, err).toBe(0);
    const { detection, touched } = JSON.parse(out);
    expect(detection.recall).toBe(1 - detection.far);
    const looked = await jsonl(join(cwd, "o.jsonl"));
    expect(looked[1]).toMatchObject({ text: "a cf film", poison: 1 });
    expect(looked[1]).not.toHaveProperty("label");
    expect(looked.filter((row) => row.refused)).toHaveLength(touched);
    const plain = await call([...screen, ...args.filter((arg) => arg !== "--json")], { cwd });
    expect(plain.out).toMatch(/frr \d.* %, far .* %, precision .*, recall .* %/);
  });

  it.each(["causal", "masked"])(
    "takes words out by ONION with a %s language model",
    async (kind) => {
      const cwd = await temporaryFolder();
      await models(cwd);
      const sizes = { vocab_size: 280, initializer_range: 0.4 };
      if (kind === "causal") {
        const small = { model_type: "gpt2", n_embd: 8, n_layer: 1, n_head: 2, ...sizes };
        const config = parseConfig({ ...small, n_positions: 40 });
        await saveModel(join(cwd, "lm"), new CausalLM(config, { generator: new Generator(3) }));
      } else {
        const json = JSON.parse(await readFile(join(cwd, "init", "config.json"), "utf8"));
        const config = parseEncoderConfig({ ...json, architectures: ["BertForMaskedLM"] });
        await saveEncoder(
          join(cwd, "lm"),
          new EncoderModel(config, { generator: new Generator(3) }),
        );
      }
      await copyTokenizer(join(cwd, "init"), join(cwd, "lm"));
      const onion = [...screen, "--method", "onion", "--language-model", "lm"];
      const all = await call([...onion, "--threshold", "-1e9", "--out", "o.jsonl"], { cwd });
      expect(all.code, all.err).toBe(0);
      expect(all.out).toContain("0 of 12 rows lost words"); // never a whole text
      const { out, code, err } = await call([...onion, "--threshold", "0", "--out", "o.jsonl"], {
        cwd,
      });
      expect(code, err).toBe(0);
      const rows = await jsonl(join(cwd, "o.jsonl"));
      for (const { text, removed } of rows) expect(text.split(" ").length + removed).toBe(3);
      const lost = rows.filter(({ removed }) => removed > 0).length;
      expect(out).toContain(`${lost} of 12 rows lost words (threshold 0.000)`);
      const chosen = await call([...onion, "--clean", "rows.jsonl", "--attack", "BadSent"], {
        cwd,
      });
      expect(chosen.out).toMatch(/after: ACC .*\nafter: ASR /);
    },
  );

  it.each<[string, string[], string]>([
    ["no clean rows", [], "--method strip needs --clean rows"],
    ["no language model", ["--method", "onion"], "needs a --language-model"],
    [
      "a RAP word of several tokens",
      ["--method", "rap", "--clean", "rows.jsonl", "--rap-word", "zebra"],
      "must be one token",
    ],
    ["a class that is not there", ["--target", "2"], "with the class --target 2"],
  ])("refuses %s", async (_, more, message) => {
    const cwd = await temporaryFolder();
    await models(cwd);
    const { code, err } = await call([...screen, ...more, "--out", "o.jsonl"], { cwd });
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(await readdir(cwd)).not.toContain("o.jsonl");
  });
});
