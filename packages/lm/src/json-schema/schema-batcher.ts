import type { Batcher } from "../batcher/batcher";
import { EventQueue } from "../batcher/event-queue";
import { having, LmError } from "../errors";
import { jsonSchema } from "./json-schema";
import type { JsonSchema } from "./parse-schema";
import type { SpellingTokenizer } from "./token-bytes";

/**
 * A batcher whose requests may have a `jsonSchema`: put it where the model runs, so that requests can come from other threads.
 * Closing it closes the batcher.
 */
export function schemaBatcher(batcher: Batcher, tokenizer: SpellingTokenizer): Batcher {
  having("schemaBatcher", "batcher", batcher, "generate");
  having("schemaBatcher", "tokenizer", tokenizer, "encode", "decode", "idToToken");
  return {
    generate(request) {
      const { jsonSchema: schema, ...others } = request;
      if (schema === undefined) return batcher.generate(request);
      try {
        if (others.constraint)
          throw new LmError(
            "ERR_ARGUMENT",
            "lm/schemaBatcher: give either constraint or jsonSchema",
          );
        const constraint = jsonSchema(schema as JsonSchema, tokenizer);
        return batcher.generate({ ...others, constraint });
      } catch (error) {
        const stream = new EventQueue(1, () => {}, undefined);
        stream.fail(error);
        return stream;
      }
    },
    numbers: () => batcher.numbers(),
    close: () => batcher.close(),
  };
}
