import type { CausalLM } from "@deepgrain/lm";

/** What is needed of a model: the two halves of `CausalLM`'s forward pass, with their hooks. */
export type HookedModel = Pick<CausalLM, "config" | "hiddenStates" | "head">;
