import type { Budget, Slices } from "@deepgrain/support";
import { type CompiledSchema, compile } from "./compile-schema";
import { schemaText } from "./schema-text";
import type { SpellingTokenizer } from "./token-bytes";
import { vocabularyOf } from "./vocabulary";

/** Bytes of the schemas that are kept per tokenizer, roughly: the last ones that were used. */
const MOST_BYTES = 2 ** 27;

/** The schemas of each tokenizer by their texts, which say everything about them, and by whether unknown words are refused. */
const known = new WeakMap<object, Map<string, CompiledSchema>>();

/** Keeps a schema as the last one that goes. The newest stays, however large it is. */
function keep(own: Map<string, CompiledSchema>, text: string, compiled: CompiledSchema): void {
  own.delete(text);
  own.set(text, compiled);
  let bytes = 0;
  for (const { sizeBytes } of own.values()) bytes += sizeBytes;
  for (const [oldest, { sizeBytes }] of own) {
    if (bytes <= MOST_BYTES || oldest === text) return;
    bytes -= sizeBytes;
    own.delete(oldest);
  }
}

/**
 * A schema made ready for a tokenizer; once for each, however often it is given.
 *
 * @param schema any value; its text is what counts, so that nothing that is changed later has an effect
 * @param refusesUnknown see `parseSchema`
 * @throws {LmError} as `schemaText` and `compile`
 */
export function* compiledSchema(
  schema: unknown,
  tokenizer: SpellingTokenizer,
  budget: Budget,
  refusesUnknown = false,
): Slices<CompiledSchema> {
  const text = yield* schemaText(schema, budget);
  const key = `${refusesUnknown ? "strict " : ""}${text}`;
  const own = known.get(tokenizer) ?? new Map<string, CompiledSchema>();
  known.set(tokenizer, own);
  let compiled = own.get(key);
  if (!compiled) {
    const vocabulary = yield* vocabularyOf(tokenizer);
    compiled = yield* compile(text, vocabulary, budget, refusesUnknown);
  }
  keep(own, key, compiled);
  return compiled;
}
