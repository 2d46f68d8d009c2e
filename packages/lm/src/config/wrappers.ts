/** @file Models of text and images, whose text model is used. */
import { configError, type JsonObject } from "./field";

/** The family of the text model inside of each. */
export const wrappers: Readonly<Record<string, string>> = { gemma3: "gemma3_text" };

/** Keys of a wrapper that hold for its text model, where that does not say otherwise. */
const shared = [
  ...["dtype", "torch_dtype", "initializer_range", "tie_word_embeddings", "transformers_version"],
  ...["bos_token_id", "eos_token_id", "pad_token_id", "quantization_config"],
];

/** The text model's configuration inside of a wrapper's, and the keys that only other parts need. */
export function unwrapped(json: JsonObject): { source: JsonObject; leftOut: string[] } {
  const type = json.model_type;
  if (typeof type !== "string" || !Object.hasOwn(wrappers, type))
    return { source: json, leftOut: [] };
  const { text_config: text } = json;
  if (typeof text !== "object" || text === null || Array.isArray(text))
    throw configError("text_config", "an object", text);
  const own = Object.entries(json).filter(([key, value]) => shared.includes(key) && value != null);
  const { architectures: _class, ...inner } = text as JsonObject;
  const others = ["model_type", "architectures", "text_config", ...shared];
  return {
    source: { ...Object.fromEntries(own), ...inner, model_type: wrappers[type]! },
    leftOut: Object.keys(json).filter((key) => !others.includes(key)),
  };
}
