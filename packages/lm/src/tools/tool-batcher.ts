import type { Batcher } from "../batcher/batcher";
import { streamAfter } from "../batcher/stream-after";
import { having, LmError } from "../errors";
import type { SpellingTokenizer } from "../json-schema/token-bytes";
import { compileTools } from "./compile-tools";
import type { ToolRules } from "./tool-rules";

/**
 * A batcher whose requests may have `toolRules`: put it where the model runs, so that requests can come from other threads. Schemas
 * are compiled in slices, between which the other requests go on. Closing it closes the batcher.
 */
export function toolBatcher(batcher: Batcher, tokenizer: SpellingTokenizer): Batcher {
  having("toolBatcher", "batcher", batcher, "generate");
  having("toolBatcher", "tokenizer", tokenizer, "encode", "decode", "idToToken");
  return {
    generate(request) {
      const { toolRules, ...others } = request;
      if (toolRules === undefined) return batcher.generate(request);
      return streamAfter(request, async (signal) => {
        if (others.constraint || others.jsonSchema !== undefined)
          throw new LmError("ERR_ARGUMENT", "lm/toolBatcher: give toolRules or another constraint");
        const constraint = await compileTools(toolRules as ToolRules, tokenizer, { signal });
        signal.throwIfAborted(); // it may have been left in the last slice
        return batcher.generate({ ...others, constraint });
      });
    },
    numbers: () => batcher.numbers(),
    close: () => batcher.close(),
  };
}
