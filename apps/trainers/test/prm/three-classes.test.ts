import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CausalLM, parseConfig, saveModel, saveTokenizer, trainBpe } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { call } from "../call";

it("prm train takes labels of three classes, and names file, line and place of others", async () => {
  const cwd = await temporaryFolder();
  const tokenizer = await trainBpe(["hello"], {
    vocabSize: 258,
    specialTokens: ["</s>"],
    minFrequency: 1,
  });
  await saveTokenizer(join(cwd, "base"), { tokenizer, config: { eos_token: "</s>" } });
  const sizes = { vocab_size: 258, hidden_size: 16, intermediate_size: 16 };
  const family = { model_type: "llama", num_hidden_layers: 1, num_attention_heads: 2 };
  const config = parseConfig({ ...family, ...sizes, max_position_embeddings: 64 });
  await saveModel(join(cwd, "base"), new CausalLM(config, { generator: new Generator(1) }));
  const row = { prompt: "p", completions: ["a", "b", "c"], labels: ["good", "neutral", "bad"] };
  const rows = [row, { ...row, labels: ["good", "okay", "bad"] }, { ...row, labels: [1, 0.3, 0] }];
  await writeFile(join(cwd, "rated.jsonl"), rows.map((each) => JSON.stringify(each)).join("\n"));

  const args = ["prm", "train", "--model", "base", "--data", "rated.jsonl", "--form", "trl"];
  const brief = ["--steps", "2", "--batch-size", "1", "--out", "judge", "--json"];
  const head = ["--head", "three", "--neutral", "bad"];
  const trained = await call([...args, ...head, ...brief], { cwd });
  expect(trained, trained.err).toMatchObject({ code: 0 });
  expect(JSON.parse(trained.out)).toMatchObject({ rows: 1, rejected: 2 });
  const noted = trained.err.replaceAll(/\s+/g, " ");
  expect(noted).toMatch(/rated\.jsonl: line 2: .*labels\[1\] must be .* got "okay"/);
  expect(noted).toMatch(
    /rated\.jsonl: .*line 3: .*labels\[1\] must be of three classes.* got 0\.3/,
  );
  const written = await readFile(join(cwd, "judge", "step-reward.json"), "utf8");
  expect(JSON.parse(written).head).toEqual({ kind: "three", neutral: "bad" });

  const typed = ["--problem", "p", "--solution", "a", "--json"];
  const scored = await call(["prm", "score", "--scorer", "judge", ...typed], { cwd });
  expect(JSON.parse(scored.out).scores).toHaveLength(1);
});
