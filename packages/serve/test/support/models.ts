import {
  CausalLM,
  createTokenizer,
  deepseekChatTemplate,
  EncoderModel,
  llama2cTokenizerJson,
  loadLlama2c,
  parseConfig,
  parseEncoderConfig,
  type Tokenizer,
  tokenizerConfig,
  trainBpe,
} from "@deepgrain/lm";
import { Generator, readLlama2cTokenizer } from "@deepgrain/tensor-gpu";
import { shared } from "@deepgrain/vitest/shared";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";

/** A model and its tokenizer. */
export interface TestModel {
  model: CausalLM;
  tokenizer: Tokenizer;
}

/** Sentinels that a tokenizer with holes has. */
export const fimMarks = ["<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"];

/** A tokenizer of bytes with a chat template. @param more special tokens */
async function byteTokenizer(more: readonly string[] = []): Promise<Tokenizer> {
  const specialTokens = ["<s>", "</s>", ...more];
  const vocabSize = 256 + specialTokens.length;
  const tokenizer = await trainBpe(["a"], { vocabSize, specialTokens, minFrequency: 1 });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: deepseekChatTemplate };
  return createTokenizer({ tokenizer, config });
}

/** A random model of bytes. @param context its longest text @param more special tokens */
export async function tinyChat(context = 512, more: readonly string[] = []): Promise<TestModel> {
  const tokenizer = await byteTokenizer(more);
  const config = tinyConfig("llama", {
    vocab_size: tokenizer.vocabSize,
    max_position_embeddings: context,
    bos_token_id: 0,
    eos_token_id: 1,
  });
  const model = new CausalLM(parseConfig(config), { generator: new Generator(1) });
  return { model: model.eval(), tokenizer };
}

/** stories260K, with a chat template that it was not trained on. */
export async function stories(): Promise<TestModel> {
  const folder = "data/models/stories260K";
  const model = await loadLlama2c(shared(`${folder}/stories260K.bin`));
  const json = llama2cTokenizerJson(await readLlama2cTokenizer(shared(`${folder}/tok512.bin`)));
  const roles = { bosToken: "<s>", eosToken: "</s>", unkToken: "<unk>" };
  const config = { ...tokenizerConfig(json, roles), chat_template: deepseekChatTemplate };
  return { model: model.eval(), tokenizer: await createTokenizer({ tokenizer: json, config }) };
}

/** A random encoder and its tokenizer of bytes. */
export async function tinyEncoder(): Promise<{ encoder: EncoderModel; tokenizer: Tokenizer }> {
  const specialTokens = ["[PAD]", "[CLS]", "[SEP]"];
  const tokenizer = await trainBpe(["a"], { vocabSize: 259, specialTokens, minFrequency: 1 });
  const config = { pad_token: "[PAD]", cls_token: "[CLS]", sep_token: "[SEP]" };
  const sizes = { vocab_size: 259, max_position_embeddings: 64 };
  const encoder = new EncoderModel(parseEncoderConfig(tinyConfig("bert", sizes)), {
    generator: new Generator(2),
  });
  return { encoder: encoder.eval(), tokenizer: await createTokenizer({ tokenizer, config }) };
}
