/** @file The model and tokenizer of stories260K. */
import { readFileSync } from "node:fs";
import { shared } from "@deepgrain/vitest/shared";
import { createTokenizer, llama2cTokenizerJson, loadLlama2c } from "../../src";
import type { Llama2cTokenizer } from "../../src/tokenizer/llama2c-tokenizer-json";

const folder = "data/models/stories260K";

/** The pieces of a tokenizer file of llama2.c. */
export function readLlama2cTokenizer(path: string): Llama2cTokenizer {
  const file = readFileSync(path);
  const pieces: { score: number; bytes: Uint8Array }[] = [];
  for (let at = 4; at < file.length; ) {
    const length = file.readInt32LE(at + 4);
    pieces.push({ score: file.readFloatLE(at), bytes: file.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return { maxLength: file.readInt32LE(0), pieces };
}

/** A trained Llama of 260,000 parameters with 512 tokens and positions, and its tokenizer. */
export async function stories260K() {
  const model = await loadLlama2c(shared(`${folder}/stories260K.bin`));
  const tokenizer = llama2cTokenizerJson(readLlama2cTokenizer(shared(`${folder}/tok512.bin`)));
  return {
    model,
    tokenizer: await createTokenizer({
      tokenizer,
      config: { bos_token: "<s>", eos_token: "</s>" },
    }),
  };
}
