import type { EncoderFamily } from "./family";

/**
 * A property path as Hugging Face spells it: `bert.embeddings.layerNorm.weight` has `LayerNorm`, and only RoBERTa's
 * masked-LM head `layer_norm`; then a family's own names.
 */
export function weightName(path: string, names: EncoderFamily["names"]): string {
  const snake = path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const plain = snake.startsWith("lm_head.") ? snake : snake.replace("layer_norm", "LayerNorm");
  return names.reduce((name, [pattern, own]) => name.replace(pattern, own), plain);
}
