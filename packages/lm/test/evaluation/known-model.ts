import { Generator } from "@deepgrain/tensor-gpu";
import { CausalLM, createTokenizer, type Tokenizer, trainBpe } from "../../src";
import { tinyLlama } from "../support/tiny-models";

/**
 * A model that gives each byte the same probability everywhere: shares of `a`, `b` and the space are 3, 2 and 1 of 6. Its blocks add
 * nothing, all tokens have one embedding, and the head's rows are logarithms.
 *
 * @param template of its tokenizer for conversations; without one it has none
 */
export async function knownModel(
  template?: string,
): Promise<{ model: CausalLM; tokenizer: Tokenizer }> {
  const json = await trainBpe(["a"], { vocabSize: 258, specialTokens: ["<s>", "</s>"] });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: template };
  const tokenizer = await createTokenizer({ tokenizer: json, config });
  const sizes = { vocab_size: 258, tie_word_embeddings: false, max_position_embeddings: 64 };
  const model = new CausalLM(tinyLlama({ ...sizes, eos_token_id: 1 }), {
    generator: new Generator(1),
  });
  const { hiddenSize, numHiddenLayers } = model.config as never as Record<string, number>;
  const size = hiddenSize!;
  for (let i = 0; i < numHiddenLayers!; i++)
    for (const part of ["self_attn.o_proj", "mlp.down_proj"]) {
      const name = `model.layers.${i}.${part}.weight`;
      const { data } = await model.readWeight(name);
      await model.writeWeight(name, new Float32Array(data.length));
    }
  const first = (value: (token: number) => number) =>
    Float32Array.from({ length: 258 * size }, (_, i) => (i % size === 0 ? value(i / size) : 0));
  await model.writeWeight(
    "model.embed_tokens.weight",
    first(() => 1),
  );
  const shares: Record<string, number> = { a: 3, b: 2, Ġ: 1 };
  const logarithm = (token: number) => Math.log(shares[tokenizer.idToToken(token)!] ?? 1e-30);
  // A row of one 1 is √size after the norm.
  await model.writeWeight(
    "lm_head.weight",
    first((token) => logarithm(token) / Math.sqrt(size)),
  );
  return { model: model.eval(), tokenizer };
}
