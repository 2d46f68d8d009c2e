import type { Batcher } from "../batcher/batcher";
import { streamAfter } from "../batcher/stream-after";
import { having, LmError } from "../errors";
import { compileJsonSchema } from "./json-schema";
import type { JsonSchema } from "./parse-schema";
import type { SpellingTokenizer } from "./token-bytes";

/**
 * A batcher whose requests may have a `jsonSchema`: put it where the model runs, so that requests can come from other threads.
 * Schemas are compiled in slices, between which the other requests go on. Closing it closes the batcher.
 */
export function schemaBatcher(batcher: Batcher, tokenizer: SpellingTokenizer): Batcher {
  having("schemaBatcher", "batcher", batcher, "generate");
  having("schemaBatcher", "tokenizer", tokenizer, "encode", "decode", "idToToken");
  return {
    generate(request) {
      const { jsonSchema, ...others } = request;
      if (jsonSchema === undefined) return batcher.generate(request);
      return streamAfter(request, async (signal) => {
        if (others.constraint)
          throw new LmError(
            "ERR_ARGUMENT",
            "lm/schemaBatcher: give either constraint or jsonSchema",
          );
        const schema = jsonSchema as JsonSchema;
        const constraint = await compileJsonSchema(schema, tokenizer, { signal });
        signal.throwIfAborted(); // it may have been left in the last slice
        return batcher.generate({ ...others, constraint });
      });
    },
    numbers: () => batcher.numbers(),
    close: () => batcher.close(),
  };
}
