import { CausalLM, type EncodedChat, ignoreIndex, parseConfig } from "@deepgrain/lm";
import type { Generator } from "@deepgrain/tensor-gpu";
import { having, optionsOf, refuseUnknown } from "../errors";
import type { WordProblem } from "../world/word-problem";
import type { WorldTokenizer } from "../world/world-tokenizer";

/** Options of {@link worldPolicy}. */
export interface WorldPolicyOptions {
  /** Default 64. */
  readonly hiddenSize?: number | undefined;
  /** Default 3. */
  readonly layers?: number | undefined;
  /** Tokens of a problem with its solution. Default 160. */
  readonly positions?: number | undefined;
  /** Generator for the initial weights. Default: the engine's generator. */
  readonly generator?: Generator | undefined;
}

/**
 * A small language model for the offline world, with random weights. Fine-tuned on {@link worldSample}s it solves problems of two to four
 * steps after minutes on one core.
 */
export function worldPolicy(
  worldTokenizer: WorldTokenizer,
  options: WorldPolicyOptions = {},
): CausalLM {
  const { vocabSize, eosTokenId } = having(
    "worldPolicy",
    "worldTokenizer",
    worldTokenizer,
    "encode",
  );
  const {
    hiddenSize = 64,
    layers = 3,
    positions = 160,
    generator,
    ...rest
  } = optionsOf("worldPolicy", options);
  refuseUnknown("worldPolicy", rest);
  const config = parseConfig({
    model_type: "llama",
    vocab_size: vocabSize,
    hidden_size: hiddenSize,
    intermediate_size: 2 * hiddenSize,
    num_hidden_layers: layers,
    num_attention_heads: 4,
    max_position_embeddings: positions,
    eos_token_id: eosTokenId,
    initializer_range: 0.08, // with the usual 0.02 a model this narrow starts several times as slowly
    tie_word_embeddings: true,
  });
  return new CausalLM(config, generator ? { generator } : {});
}

/** A problem with its right solution as tokens to fine-tune on: the problem's line, then the solution with its end. */
export function worldSample(
  worldTokenizer: WorldTokenizer,
  options: Pick<WordProblem, "problem" | "steps">,
): EncodedChat {
  const { encode, eosTokenId } = having("worldSample", "worldTokenizer", worldTokenizer, "encode");

  const { problem, steps } = optionsOf("worldSample", options);
  const prompt = encode(`${problem}\n`);
  const answer = [...encode(steps.join("\n")), eosTokenId];
  return {
    inputIds: [...prompt, ...answer],
    labels: [...prompt.map(() => ignoreIndex), ...answer],
  };
}
