import { type CausalLM, loadModel } from "@deepgrain/lm";
import { type Both, LAYERS, type ModelName, modelNames } from "./names";

/** Files of what the page ships. */
export type ShippedFile = `${ModelName}-model.safetensors`;

/** Width of the feed-forward part, in which the models differ. */
const inner: Both<number> = { anchors: 128, control: 32 };

const configOf = (name: ModelName) => ({
  model_type: "gpt2",
  vocab_size: 65,
  n_positions: 128,
  n_embd: 32,
  n_layer: LAYERS,
  n_head: 4,
  n_inner: inner[name],
  activation_function: "gelu",
  attn_pdrop: 0,
  embd_pdrop: 0,
  resid_pdrop: 0,
});

/** Both models, from their weights alone. @param read a file by its name */
export async function openModels(
  read: (name: ShippedFile) => Promise<Blob>,
): Promise<Both<CausalLM>> {
  const models = {} as Both<CausalLM>;
  for (const name of modelNames) {
    const config = new Blob([JSON.stringify(configOf(name))]);
    const weights = await read(`${name}-model.safetensors`);
    const folder = new Map([
      ["config.json", config],
      ["model.safetensors", weights],
    ]);
    models[name] = (await loadModel(folder)).eval();
  }
  return models;
}
