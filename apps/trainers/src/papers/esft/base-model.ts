import { saveFolder } from "@deepgrain/files";
import { CausalLM, parseConfig, saveModel, type Tokenizer, train } from "@deepgrain/lm";
import { manualSeed, optim } from "@deepgrain/tensor-gpu";
import { nextTurn } from "../../cli/next-turn";
import { copyTokenizer } from "../../models/copy-tokenizer";
import { type ComparisonData, pretrainingData } from "./comparison-data";
import type { ComparisonFolder } from "./comparison-folder";
import type { EsftSettings } from "./settings";

/** A DeepSeekMoE: first layer dense, gates normalised, balance over the batch, whose rows are of different texts. */
function baseConfig(settings: EsftSettings, tokenizer: Tokenizer) {
  return parseConfig({
    architectures: ["DeepseekForCausalLM"],
    model_type: "deepseek",
    vocab_size: tokenizer.vocabSize,
    hidden_size: settings.hiddenSize,
    intermediate_size: settings.denseSize,
    moe_intermediate_size: settings.expertSize,
    num_hidden_layers: settings.layers,
    num_attention_heads: settings.heads,
    num_key_value_heads: settings.heads,
    n_shared_experts: settings.sharedExperts,
    n_routed_experts: settings.experts,
    num_experts_per_tok: settings.topK,
    moe_layer_freq: 1,
    first_k_dense_replace: 1,
    norm_topk_prob: true,
    scoring_func: "softmax",
    aux_loss_alpha: settings.balanceAlpha,
    seq_aux: false,
    hidden_act: "silu",
    max_position_embeddings: 2 * settings.length,
    // About the paper's 0.006 at width 2048 times √(2048/d), larger for so short a training.
    initializer_range: 0.06,
    rms_norm_eps: 1e-6,
    rope_theta: 10_000,
    rope_scaling: null,
    attention_bias: false,
    tie_word_embeddings: false,
    bos_token_id: tokenizer.bosTokenId,
    eos_token_id: tokenizer.eosTokenId,
    pad_token_id: tokenizer.padTokenId,
    torch_dtype: "float32",
  });
}

/** Told after each step how many are done. */
export type OnStep = (step: number, steps: number, loss: number) => void;

/**
 * Trains the base model of a seed and stores it with its tokenizer. A training that was stopped goes on from its last
 * checkpoint.
 * @throws the signal's reason on abort, after saving a checkpoint
 */
export async function trainBase(
  seed: number,
  settings: EsftSettings,
  data: ComparisonData,
  { folder, signal, onStep }: { folder: ComparisonFolder; signal: AbortSignal; onStep?: OnStep },
): Promise<void> {
  manualSeed(seed);
  const model = new CausalLM(baseConfig(settings, data.tokenizer));
  const { pretrainSteps: steps, pretrainRate: peak } = settings;
  const warmup = Math.ceil(0.02 * steps);
  const events = train(model, pretrainingData(data, settings, seed), {
    steps,
    schedule: optim.cosineSchedule({ peak, warmup, total: steps, floor: peak / 10 }),
    checkpoint: { folder: folder.checkpoints(seed), everySteps: 250, keep: 1 },
    resume: true,
    signal,
  });
  try {
    for await (const event of events) {
      if (event.type === "step-end") onStep?.(event.step, steps, event.loss);
      await nextTurn();
    }
    await saveFolder(folder.base(seed), async (path) => {
      await saveModel(path, model);
      await copyTokenizer(folder.tokenizer, path);
    });
  } finally {
    model.dispose();
  }
}
