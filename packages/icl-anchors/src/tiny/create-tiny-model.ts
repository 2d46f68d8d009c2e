import { CausalLM, parseConfig } from "@deepgrain/lm";
import { Generator, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { having } from "../errors";
import { blockVocabulary } from "./block-task";
import type { TinyRecipe } from "./tiny-recipe";

/** Positions of the shipped models. */
const POSITIONS = 128;

/** Sizes that a model's texts decide. */
export interface TextSizes {
  vocabSize: number;
  positions: number;
}

/** The part of a recipe about the model, not about its texts. */
export type ModelRecipe = Pick<
  TinyRecipe,
  "layers" | "width" | "heads" | "mlpRatio" | "initialization"
>;

/** 0.1·[sin(f·t), cos(f·t)] with half as many frequencies as columns, evenly from 0.05 to 0.8. */
function waves(rows: number, width: number): Float32Array {
  const half = Math.floor(width / 2);
  const table = new Float32Array(rows * width);
  for (let t = 0; t < rows; t++)
    for (let i = 0; i < half; i++) {
      const frequency = 0.05 + (0.75 * i) / Math.max(1, half - 1);
      table[t * width + i] = 0.1 * Math.sin(frequency * t);
      table[t * width + half + i] = 0.1 * Math.cos(frequency * t);
    }
  return table;
}

/** Queries and keys start as the same matrix, so that a token attends to tokens like itself. */
async function shareQueryAndKey(weight: Tensor, generator: Generator): Promise<void> {
  const [rows, columns] = weight.shape as [number, number]; // [width, 3 × width]
  weight.normal_({ std: 0.7 / Math.sqrt(rows), generator });
  const values = (await weight.data()) as Float32Array;
  const scale = 1 / 0.7; // N(0, 1/d) from N(0, 0.49/d)
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < rows; i++) {
      const query = row * columns + i;
      values[query]! *= scale;
      values[query + rows] = values[query]!;
    }
  weight.set(values);
}

/** Fan-in of a weight or bias of GPT-2's layout [in, out], by its name. */
const fanIn = (name: string, { width, mlpRatio }: ModelRecipe): number =>
  name.includes("mlp.c_proj") ? width * mlpRatio : width;

async function startAnchors(model: CausalLM, recipe: ModelRecipe, seed: number): Promise<void> {
  const generator = new Generator(seed);
  for (const [name, weight] of model.weightViews) {
    const bound = 1 / Math.sqrt(fanIn(name, recipe));
    if (/\bln_/.test(name)) continue; // 1 and 0 already
    if (name.endsWith("wpe.weight")) weight.set(waves(weight.shape[0]!, recipe.width));
    else if (name.endsWith("wte.weight")) weight.normal_({ std: 0.1, generator });
    else if (name.endsWith("c_attn.weight")) await shareQueryAndKey(weight, generator);
    else if (name.endsWith("bias")) weight.uniform_({ low: -bound, high: bound, generator });
    else weight.normal_({ std: 0.7 * bound, generator });
  }
}

/** Ordinary matrices and biases, and embeddings that are small at first. */
function startPlain(model: CausalLM, recipe: ModelRecipe, seed: number): void {
  const generator = new Generator(seed);
  tidy(() =>
    noGrad(() => {
      for (const [name, weight] of model.weightViews) {
        const bound = 1 / Math.sqrt(fanIn(name, recipe));
        if (/\bln_/.test(name)) continue;
        if (/w[tp]e\.weight$/.test(name)) weight.normal_({ std: 0.02, generator });
        else if (name.endsWith("bias")) weight.uniform_({ low: -bound, high: bound, generator });
        else weight.normal_({ std: 0.7 * bound, generator });
      }
    }),
  );
}

/**
 * A tiny GPT-2 before training: pre-LayerNorm, tied output head, learned positions, exact GELU, 128 positions.
 *
 * @param seed of the initial weights, an integer of at least 0; default: the recipe's
 */
export const createTinyModel = (
  recipe: TinyRecipe,
  seed: number = recipe?.seed,
): Promise<CausalLM> => {
  having("createTinyModel", "recipe", recipe, "task", "layers");
  having("createTinyModel", "recipe.task", recipe.task, "topics", "wordsPerTopic");
  return tinyGpt2(recipe, { vocabSize: blockVocabulary(recipe.task), positions: POSITIONS }, seed);
};

/** The same for texts of other sizes. */
export async function tinyGpt2(
  recipe: ModelRecipe,
  { vocabSize, positions }: TextSizes,
  seed: number,
): Promise<CausalLM> {
  const config = parseConfig({
    model_type: "gpt2",
    vocab_size: vocabSize,
    n_positions: positions,
    n_embd: recipe.width,
    n_layer: recipe.layers,
    n_head: recipe.heads,
    n_inner: recipe.width * recipe.mlpRatio,
    activation_function: "gelu",
    attn_pdrop: 0,
    embd_pdrop: 0,
    resid_pdrop: 0,
  });
  const model = new CausalLM(config, { generator: new Generator(seed) });
  if (recipe.initialization === "anchors") await startAnchors(model, recipe, seed);
  else startPlain(model, recipe, seed);
  return model;
}
