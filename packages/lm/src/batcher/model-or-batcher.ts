import { fail } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { Batcher } from "./batcher";

/** Returns what writes text. @throws {LmError} `ERR_ARGUMENT` for what is neither a model nor a batcher */
export function modelOrBatcher<Source extends CausalLM | Batcher>(
  where: string,
  source: Source,
): Source {
  const isObject = typeof source === "object" && source !== null;
  if (isObject && ("decoder" in source || "generate" in source)) return source;
  return fail("ERR_ARGUMENT", `${where}: source must be a model or a batcher`);
}
