import { type CausalLM, createTokenizer, loadModel, type Tokenizer } from "@deepgrain/lm";
import { type NgramModel, trainNgram } from "@deepgrain/watermark";

/** Files of what the page ships. */
export type ShippedFile = "stories.safetensors" | "stories-tokenizer.json" | "stories.txt";

/** The model that writes, its tokenizer, and the small model that splits probabilities evenly. */
export interface Library {
  model: CausalLM;
  tokenizer: Tokenizer;
  proxy: NgramModel;
  /** Tokens of stories, for an attacker to take words from. */
  corpus: readonly number[];
}

/** The configuration of stories260K. */
const config = {
  model_type: "llama",
  vocab_size: 512,
  hidden_size: 64,
  intermediate_size: 172,
  num_hidden_layers: 5,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
};

/** The model, from its weights alone. */
export const openModel = (weights: Blob): Promise<CausalLM> =>
  loadModel(
    new Map([
      ["config.json", new Blob([JSON.stringify(config)])],
      ["model.safetensors", weights],
    ]),
  );

/** Tokens of a text, without any that start or end it. */
export const encode = (tokenizer: Tokenizer, text: string): number[] =>
  tokenizer.encode(text, { addSpecialTokens: false });

/** Opens what the page ships. @param read a file by its name */
export async function openLibrary(read: (name: ShippedFile) => Promise<Blob>): Promise<Library> {
  const model = await openModel(await read("stories.safetensors"));
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
