/** @file Models that the command line trains and converts, in node-llama-cpp. */
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTokenizer } from "@deepgrain/lm";
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

const STEPS = 16;
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

async function run(cwd: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await call(args, { cwd });
  expect(code, err).toBe(0);
  return out;
}

interface Written {
  ids: number[];
  logprobs: { top: { logprob: number }[] }[];
}

/** The place of the first token that differs; undefined where all are the same up to the end of the shorter list. */
function firstDifference(a: readonly number[], b: readonly number[]): number | undefined {
  const at = a.findIndex((id, i) => i < b.length && id !== b[i]);
  return at < 0 ? undefined : at;
}

/** Whether the two likeliest tokens of a step are as good as equal. */
const isTie = ({ logprobs }: Written, step: number) => {
  const [first, second] = logprobs[step]!.top;
  return first!.logprob - second!.logprob < 1e-4;
};

describe.skipIf(!isThere)("pretrain, convert --to gguf", () => {
  it.each<[string, readonly string[]]>([
    ["a dense model", ["--model-config", "config.json"]],
    ["the default mixture", []],
  ])(
    "gives %s whose file answers in llama.cpp as `generate` does, token for token",
    async (_, shape) => {
      const cwd = await temporaryFolder();
      await writeFile(join(cwd, "texts.txt"), texts);
      await writeFile(join(cwd, "config.json"), JSON.stringify(dense));
      const sizes = ["--vocab-size", "320", "--steps", "60", "--batch-size", "4"];
      const training = ["--data", "texts.txt", "--out", "m", "--sequence-length", "32"];
      await run(cwd, "pretrain", ...training, ...sizes, ...shape);
      await run(cwd, "convert", "m", "--to", "gguf", "--out", "g");
      const file = join(cwd, "g", "model.gguf");
      const { results } = (opened as LlamaCpp).read(file, prompts, STEPS);
      const tokenizer = await loadTokenizer(join(cwd, "m"));
      let ties = 0;
      for (const [i, prompt] of prompts.entries()) {
        const { prompt: ids, ids: theirs } = results[i]!;
        expect(tokenizer.encode(prompt)).toEqual(ids);
        for (const model of ["m", file]) {
          const asked = ["--prompt", prompt, "--max-new-tokens", `${STEPS}`, "--logprobs", "2"];
          const ours: Written = JSON.parse(
            await run(cwd, "generate", "--model", model, ...asked, "--temperature", "0", "--json"),
          );
          const step = firstDifference(ours.ids, theirs); // ours end with the text
          if (step === undefined) continue;
          expect(isTie(ours, step), `${prompt}: ${ours.ids} and ${theirs}`).toBe(true);
          if (model === file) ties++;
        }
      }
      console.info(`${ties} of ${prompts.length} prompts differ at a tie`);
      expect(ties).toBeLessThanOrEqual(2);
    },
  );
});
