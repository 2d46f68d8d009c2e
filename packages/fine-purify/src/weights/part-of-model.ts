/** Parts of a transformer that a weight can belong to. */
export type ModelPart = "embeddings" | "attention" | "mlp" | "norm" | "head" | "other";

/** All parts in the order of the model. */
export const modelParts: readonly ModelPart[] = [
  "embeddings",
  "attention",
  "mlp",
  "norm",
  "head",
  "other",
];

const heads = /^(cls|lm_head|classifier|score|qa_outputs)\.|(^|\.)(pooler|classifier)\./;
const rules: readonly (readonly [ModelPart, RegExp])[] = [
  ["head", heads],
  ["norm", /(layer_?norm|(^|[._])ln_?\w*|(^|_|\.)norm)(\.|$)/i],
  ["embeddings", /(embeddings?|embed_tokens|wte|wpe)(\.|$)/i],
  ["attention", /(attention|self_attn|attn)\./i],
  ["mlp", /(intermediate|mlp|ffn|feed_forward|output\.dense)(\.|$)/i],
];

/**
 * The part that a weight belongs to, from its Hugging Face name: `bert.encoder.layer.0.attention.self.query.weight`
 * belongs to attention. Poolers, classifiers and masked-LM heads are the head, which has no pre-trained value for the
 * task.
 */
export const partOfModel = (name: string): ModelPart =>
  rules.find(([, pattern]) => pattern.test(name))?.[0] ?? "other";
