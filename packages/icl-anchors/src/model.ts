import type { CausalLM } from "@deepgrain/lm";

/** The model interface that this package needs: the two halves of `CausalLM`'s forward pass, with their hooks. */
export type HookedModel = Pick<CausalLM, "config" | "hiddenStates" | "head">;
