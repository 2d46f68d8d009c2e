import { LmError } from "../errors";
import { Automaton, newFrames } from "./automaton";
import type { Grammar } from "./grammar";
import { measure, pricesOf, whyNothing } from "./measure";
import { type JsonSchema, parseSchema } from "./parse-schema";
import type { SpellingTokenizer } from "./token-bytes";
import { TokenMasks } from "./token-mask";
import { byteVocabulary, type Vocabulary, vocabularyOf } from "./vocabulary";

/** Objects and lists that a text may open inside one another, unless the schema demands more. */
const MOST_NESTED = 64;

/** States of an automaton after which the next text begins a new one. */
const MOST_STATES = 50_000;

/** A schema for a tokenizer. */
export interface CompiledSchema {
  readonly automaton: Automaton;
  readonly masks: TokenMasks;
}

/** @throws {LmError} `ERR_ARGUMENT` where nothing satisfies the schema, or the tokenizer cannot spell what does */
function checkEnds(grammar: Grammar, nodes: Parameters<typeof measure>[0]): void {
  if (grammar.root.cost < Infinity) return;
  const bytes = byteVocabulary();
  measure(nodes, bytes, pricesOf(bytes));
  if (grammar.root.cost < Infinity)
    throw new LmError(
      "ERR_ARGUMENT",
      "lm/jsonSchema: the tokenizer has no tokens that spell a text of the schema",
    );
  const { path, why } = whyNothing(grammar.root);
  throw new LmError(
    "ERR_ARGUMENT",
    `lm/jsonSchema: nothing satisfies the schema: ${path}: ${why}`,
    {
      fields: { path },
    },
  );
}

function compile(schema: JsonSchema, vocabulary: Vocabulary): CompiledSchema {
  const { root, nodes } = parseSchema(schema);
  const prices = pricesOf(vocabulary);
  measure(nodes, vocabulary, prices);
  const mostNested = Math.max(MOST_NESTED, root.nesting);
  const grammar: Grammar = { root, vocabulary, prices, frames: newFrames(), mostNested };
  checkEnds(grammar, nodes);
  const automaton = new Automaton(grammar);
  return { automaton, masks: new TokenMasks(automaton) };
}

/** Schemas that are kept per tokenizer: the last ones that were used. */
const MOST_SCHEMAS = 32;
const known = new WeakMap<object, Map<string, CompiledSchema>>();

/** A schema as text; empty for one that no reader takes, as it is nested too deeply or in itself. */
function keyOf(schema: JsonSchema): string {
  try {
    return JSON.stringify(schema);
  } catch {
    return "";
  }
}

/**
 * A schema made ready for a tokenizer; once for each, however often it is given.
 *
 * @throws {LmError} `ERR_ARGUMENT` for what is not enforced, and for a schema that nothing satisfies, naming the place
 */
export function compileSchema(schema: JsonSchema, tokenizer: SpellingTokenizer): CompiledSchema {
  const own = known.get(tokenizer) ?? new Map<string, CompiledSchema>();
  known.set(tokenizer, own);
  const key = keyOf(schema);
  const found = own.get(key);
  const isLarge = found !== undefined && found.automaton.count > MOST_STATES;
  const compiled = found && !isLarge ? found : compile(schema, vocabularyOf(tokenizer));
  own.delete(key);
  own.set(key, compiled);
  if (own.size > MOST_SCHEMAS) own.delete(own.keys().next().value!);
  return compiled;
}
