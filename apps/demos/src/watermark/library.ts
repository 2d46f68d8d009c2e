import { type CausalLM, createTokenizer, type Tokenizer } from "@deepgrain/lm";
import { type ProxyLM, trainNgram } from "@deepgrain/watermark";
import { config } from "./open-model";

/** Files of what the page ships. */
export type ShippedFile = "stories.safetensors" | "stories-tokenizer.json" | "stories.txt";

/** The model that writes, its tokenizer, and the small model that splits probabilities evenly. */
export interface Library {
  model: CausalLM;
  tokenizer: Tokenizer;
  proxy: ProxyLM;
  /** Tokens of stories, for an attacker to take words from. */
  corpus: readonly number[];
}

/** Tokens of a text, without any that start or end it. */
export const encode = (tokenizer: Tokenizer, text: string): number[] =>
  tokenizer.encode(text, { addSpecialTokens: false });

/** The model with what else the page ships. @param read a file by its name */
export async function openLibrary(
  model: CausalLM,
  read: (name: ShippedFile) => Promise<Blob>,
): Promise<Library> {
  const file = JSON.parse(await (await read("stories-tokenizer.json")).text());
  const tokenizer = await createTokenizer({
    tokenizer: file,
    config: { bos_token: "<s>", eos_token: "</s>" },
  });
  const stories = (await (await read("stories.txt")).text()).split("\n\n");
  const texts = stories.map((story) => encode(tokenizer, story));
  const proxy = trainNgram(texts, { vocabSize: config.vocab_size });
  return { model: model.eval(), tokenizer, proxy, corpus: texts.flat() };
}
