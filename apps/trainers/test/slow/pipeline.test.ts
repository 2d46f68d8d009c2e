import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const config = {
  model_type: "deepseek",
  hidden_size: 16,
  intermediate_size: 32,
  moe_intermediate_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  n_shared_experts: 1,
  n_routed_experts: 4,
  num_experts_per_tok: 2,
  first_k_dense_replace: 1,
  max_position_embeddings: 128,
};

const sentences = Array.from({ length: 40 }, (_, i) => `The ${i} cats sat on the ${i % 7} mats.`);

const chats = Array.from({ length: 12 }, (_, i) =>
  JSON.stringify({
    messages: [
      { role: "user", content: `Say ${i}.` },
      { role: "assistant", content: `It is ${i}.` },
    ],
  }),
);

async function run(cwd: string, ...args: string[]) {
  const { code, out, err } = await call([...args, "--json"], { cwd });
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

describe("from text to a specialised model", () => {
  it("goes through every command", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "text.txt"), sentences.join("<|endoftext|>"));
    await writeFile(join(cwd, "task.jsonl"), chats.join("\n"));
    await writeFile(join(cwd, "config.json"), JSON.stringify(config));
    const sizes = ["--steps", "4", "--batch-size", "2", "--sequence-length", "24"];
    const trained = await run(
      cwd,
      "pretrain",
      "--data",
      "text.txt",
      "--model-config",
      "config.json",
      "--vocab-size",
      "280",
      "--out",
      "m",
      ...sizes,
    );
    expect(trained).toMatchObject({ out: join(cwd, "m"), tokens: 4 * 2 * 24 });
    expect(trained.validationLoss).toBeGreaterThan(0);
    expect(trained.estimatedBytes).toBeGreaterThan(0);
    expect(trained.load.length).toBeGreaterThan(0);
    for (const { steps, counts } of trained.load) {
      expect(steps).toBe(4);
      const choices = counts.reduce((sum: number, count: number) => sum + count, 0);
      expect(choices).toBe(4 * 2 * 24 * config.num_experts_per_tok);
    }
    const metrics = await readFile(join(cwd, "m", "metrics.jsonl"), "utf8");
    expect(metrics).toContain('"type":"load"');

    const said = await run(
      cwd,
      "generate",
      "--model",
      "m",
      "--prompt",
      "The 3",
      "--max-new-tokens",
      "5",
    );
    expect(said.ids.length).toBeLessThanOrEqual(5);

    const scored = await run(
      cwd,
      "esft",
      "score",
      "--model",
      "m",
      "--data",
      "task.jsonl",
      "--out",
      "s",
      "--sample-tokens",
      "100",
      "--trace",
    );
    expect(scored.tokens).toBeGreaterThanOrEqual(100);
    expect(existsSync(join(cwd, "s", "expert_weights_1.txt"))).toBe(true);

    const selected = await run(
      cwd,
      "esft",
      "select",
      "--scores",
      "s",
      "--out",
      "e.json",
      "--top-p",
      "0.3",
    );
    expect(Object.keys(selected.experts)).toEqual(["1"]);

    const tuned = await run(
      cwd,
      "esft",
      "train",
      "--model",
      "m",
      "--expert-config",
      "e.json",
      "--data",
      "task.jsonl",
      "--out",
      "a",
      "--lr",
      "0.01",
      ...sizes.map((size) => (size === "24" ? "64" : size)), // room for the longest conversation
    );
    expect(tuned.parameters).toBe(tuned.trainedParameters);

    const data = ["--data", "task.jsonl", "--sequence-length", "64"];
    const before = await run(cwd, "esft", "evaluate", "--model", "m", ...data);
    const after = await run(cwd, "esft", "evaluate", "--model", "m", "--adapter", "a", ...data);
    expect(after.loss).toBeLessThan(before.loss);

    await run(cwd, "esft", "apply", "--model", "m", "--adapter", "a", "--out", "b");
    const applied = await run(cwd, "esft", "evaluate", "--model", "b", ...data);
    expect(applied).toEqual(after);

    await run(cwd, "convert", "b", "--dtype", "bf16", "--out", "c");
    const rounded = await run(cwd, "esft", "evaluate", "--model", "c", ...data);
    expect(Math.abs(rounded.loss - after.loss)).toBeLessThan(0.02);
    expect((await readFile(join(cwd, "c", "tokenizer.json"), "utf8")).length).toBeGreaterThan(0);
  });

  it("drops tokens of overloaded devices where asked, and reports how many", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "text.txt"), sentences.join("<|endoftext|>"));
    await writeFile(join(cwd, "config.json"), JSON.stringify(config));
    const words =
      "pretrain --data text.txt --model-config config.json --vocab-size 280 --out m --steps 2";
    const base = [...words.split(" "), "--batch-size", "12", "--sequence-length", "24"];
    const refused = await call([...base, "--drop-devices", "3"], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("--drop-devices must divide 4 experts, got 3");
    const { load } = await run(cwd, ...base, "--drop-devices", "2", "--capacity-factor", "0.5");
    expect(load[0].droppedFraction).toBeGreaterThan(0.1);
  });

  it("pre-trains on from a checkpoint to the same model", async () => {
    const cwd = await temporaryFolder();
    await writeFile(
      join(cwd, "text.jsonl"),
      sentences.map((text) => JSON.stringify({ text })).join("\n"),
    );
    await writeFile(join(cwd, "config.json"), JSON.stringify(config));
    const base = [
      "pretrain",
      "--data",
      "text.jsonl",
      "--model-config",
      "config.json",
      "--vocab-size",
      "280",
      "--batch-size",
      "2",
      "--sequence-length",
      "24",
      "--steps",
      "6",
      "--checkpoint-every",
      "2",
    ];
    const first = await call([...base, "--out", "whole", "--json"], { cwd });
    expect(first.err).toMatch(/^Memory for a training step: about/m);
    expect(first.err).toMatch(/^layer +choices +least +most +MaxVio batch/m);
    const whole = JSON.parse(first.out);
    const stop = new AbortController();
    const stopped = call([...base, "--out", "parts"], { cwd, signal: stop.signal });
    while (!existsSync(join(cwd, "parts", "checkpoints")))
      await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort(new Error("interrupted"));
    expect((await stopped).code).toBe(130);
    const resumed = await run(cwd, ...base, "--out", "parts", "--resume");
    expect(resumed.validationLoss).toBe(whole.validationLoss);
    const weights = (name: string) => readFile(join(cwd, name, "model.safetensors"));
    expect((await weights("parts")).equals(await weights("whole"))).toBe(true);
  });
});
