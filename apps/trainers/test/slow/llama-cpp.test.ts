/** @file Models that the command line trains and converts, in node-llama-cpp. */
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTokenizer, type Tokenizer } from "@deepgrain/lm";
import { smallMixture } from "@deepgrain/studies/shared/small-mixture";
import { modelConfig } from "@deepgrain/studies/shared/training/model-config";
import { type LlamaCpp, openLlamaCpp } from "@deepgrain/vitest/llama-cpp";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { call } from "../call";

const folder = mkdtempSync(join(tmpdir(), "deepgrain-llama-cpp-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened = openLlamaCpp(folder);
const isThere = !(opened instanceof Error);
if (!isThere)
  it.skip(`SKIPPED: node-llama-cpp is not installed (${opened.message.split("\n")[0]})`, () => {});

const STEPS = 12;
const texts = Array.from(
  { length: 60 },
  (_, i) =>
    `The cat sat on ${i} mats. A dog of ${i % 7} years saw ${(i * i) % 11} cats; it ran home.`,
).join("\n<|endoftext|>\n");
const prompts = Array.from({ length: 20 }, (_, i) => `A dog of ${i} years`);

const dense = {
  model_type: "llama",
  hidden_size: 128,
  intermediate_size: 256,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 128,
};

/** The main job's mixture, but for the normalised weights of experts, which llama.cpp's deepseek does not have. */
const mixture = {
  ...modelConfig(smallMixture, { vocabSize: 320 } as Tokenizer, { positions: 512 }).source,
  norm_topk_prob: false,
};

async function run(cwd: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await call(args, { cwd });
  expect(code, err).toBe(0);
  return out;
}

describe.skipIf(!isThere)("pretrain, convert --to gguf", () => {
  it.each<[string, object]>([
    ["a dense model", dense],
    ["the main job's mixture, as deepseek,", mixture],
  ])(
    "gives %s whose file answers in llama.cpp as `generate` does, token for token",
    async (_, config) => {
      const cwd = await temporaryFolder();
      await writeFile(join(cwd, "texts.txt"), texts);
      await writeFile(join(cwd, "config.json"), JSON.stringify(config));
      const sizes = ["--vocab-size", "320", "--steps", "60", "--batch-size", "4"];
      const shape = ["--sequence-length", "32", "--model-config", "config.json"];
      await run(cwd, "pretrain", "--data", "texts.txt", "--out", "m", ...sizes, ...shape);
      await run(cwd, "convert", "m", "--to", "gguf", "--out", "g");
      const file = join(cwd, "g", "model.gguf");
      const { results } = (opened as LlamaCpp).read(file, prompts, STEPS);
      const tokenizer = await loadTokenizer(join(cwd, "m"));
      for (const [i, prompt] of prompts.entries()) {
        const { prompt: ids, ids: theirs } = results[i]!;
        expect(tokenizer.encode(prompt)).toEqual(ids);
        for (const model of ["m", file]) {
          const asked = [
            "--prompt",
            prompt,
            "--max-new-tokens",
            `${STEPS}`,
            "--temperature",
            "0",
            "--json",
          ];
          const { ids: ours } = JSON.parse(await run(cwd, "generate", "--model", model, ...asked));
          expect(ours).toEqual(theirs.slice(0, ours.length)); // ours end with the text
        }
      }
    },
  );
});
