import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CausalLM,
  parseConfig,
  saveModel,
  saveTokenizer,
  tokenizerConfig,
  trainBpe,
} from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { expect } from "vitest";
import { call } from "../call";

export const vocabSize = 320;
export const secret = "5ec2e7000102030405060708090a0b0c5ec2e7000102030405060708090a0b0d";
export const otherSecret = "c0ffee00112233445566778899aabbcc";

/** Plain English, long enough to calibrate on. */
export const humanText = Array.from(
  { length: 60 },
  (_, i) =>
    `Chapter ${i}. The ${["whale", "ship", "captain", "sea", "harpoon"][i % 5]} was seen by ${["nobody", "the mate", "a boy"][i % 3]} on day ${i * 7}; all hands went up to look, and number ${i * i} of them came down again.`,
).join("\n\n");

/** A model with random weights, whose next tokens are nearly even: room for any mark. */
export const tinyModel = (): CausalLM =>
  new CausalLM(
    parseConfig(
      tinyConfig("llama", {
        vocab_size: vocabSize,
        num_attention_heads: 2,
        num_key_value_heads: 1,
        max_position_embeddings: 512,
        bos_token_id: 0,
        eos_token_id: 0,
      }),
    ),
    { generator: new Generator(7) },
  );

const trained = trainBpe([humanText], { vocabSize, specialTokens: ["<|end|>"] });

export interface Bench {
  cwd: string;
  /** Runs a watermark command that must succeed. */
  run(...args: string[]): Promise<string>;
  /** Runs a watermark command, whatever comes of it. */
  attempt(...args: string[]): ReturnType<typeof call>;
  /** Writes a JSON file. */
  save(name: string, value: unknown): Promise<void>;
}

/** A folder with a tiny model in "model", keys in "key.hex" and "other.hex", and text in "human.txt". */
export async function bench(): Promise<Bench> {
  const cwd = await temporaryFolder();
  const tokenizer = await trained;
  const roles = { bosToken: "<|end|>", eosToken: "<|end|>" };
  await saveModel(join(cwd, "model"), tinyModel());
  await saveTokenizer(join(cwd, "model"), { tokenizer, config: tokenizerConfig(tokenizer, roles) });
  await writeFile(join(cwd, "key.hex"), `# for tests\n${secret}\n`);
  await writeFile(join(cwd, "other.hex"), otherSecret);
  await writeFile(join(cwd, "human.txt"), humanText);
  const attempt = (...args: string[]) => call(["watermark", ...args], { cwd });
  return {
    cwd,
    attempt,
    async run(...args) {
      const { code, out, err } = await attempt(...args);
      expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
      return out;
    },
    save: (name, value) => writeFile(join(cwd, name), JSON.stringify(value)),
  };
}
