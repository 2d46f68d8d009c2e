import { Generator } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { CausalLM, createTokenizer, parseConfig, type Tokenizer, trainBpe } from "../../src";
import type { ToolFormat } from "../../src/tools";
import { templates, templateTokens } from "./templates";

/** A tokenizer of bytes with the marks and the template of a form. */
export async function toolTokenizer(format: ToolFormat): Promise<Tokenizer> {
  const { special, added } = templateTokens[format]!;
  const specialTokens = ["<s>", "</s>", ...special];
  const vocabSize = 256 + specialTokens.length;
  const json = (await trainBpe(["a"], {
    vocabSize,
    specialTokens,
    minFrequency: 1,
  })) as unknown as { added_tokens: object[] };
  const more = added.map((content, i) => ({ id: vocabSize + i, content, special: false }));
  const tokenizer = { ...json, added_tokens: [...json.added_tokens, ...more] };
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: templates[format] };
  return createTokenizer({ tokenizer, config });
}

/** A model of random weights for a tokenizer. */
export function randomModel({ vocabSize }: Tokenizer, context = 2048, seed = 1): CausalLM {
  const config = tinyConfig("llama", {
    vocab_size: vocabSize,
    max_position_embeddings: context,
    bos_token_id: 0,
    eos_token_id: 1,
  });
  return new CausalLM(parseConfig(config), { generator: new Generator(seed) }).eval();
}
