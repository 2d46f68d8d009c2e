import { type CausalLM, loadModel, toHuggingFace } from "@deepgrain/lm";
import { configOf } from "./pair";
import { type Both, type Kind, kinds } from "./pair-names";
import { type SplitText, splitText } from "./text";

/** A model's folder, made of its weights alone. */
export function folderOf(kind: Kind, weights: Blob): Map<string, Blob> {
  const config = new Blob([JSON.stringify(toHuggingFace(configOf(kind)))]);
  return new Map([
    ["config.json", config],
    ["model.safetensors", weights],
  ]);
}

/** The files that the page ships: both models and the text that they have learned from. @param read a file by its name */
export async function openShipped(
  read: (name: "coarse.safetensors" | "fine.safetensors" | "text.txt") => Promise<Blob>,
): Promise<{ pair: Both<CausalLM>; text: SplitText }> {
  const source = await (await read("text.txt")).arrayBuffer();
  const pair = {} as Both<CausalLM>;
  for (const kind of kinds)
    pair[kind] = await loadModel(folderOf(kind, await read(`${kind}.safetensors`)));
  return { pair, text: splitText(new Uint8Array(source)) };
}
