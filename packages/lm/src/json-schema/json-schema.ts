import { atOnce, type Budget, type BudgetLimits, inSlices, type Slices } from "@deepgrain/support";
import { budgetOf, having, LmError, oneOf, optionsOf, refuseUnknown } from "../errors";
import type { ConstrainedText, Constraint } from "../generation/constraint";
import type { LogitsProcessor } from "../generation/logits-processor";
import type { Automaton, State } from "./automaton";
import { type CompiledSchema, schemaLimits } from "./compile-schema";
import { compiledSchema } from "./compiled-schemas";
import type { JsonSchema } from "./parse-schema";
import { shortestText } from "./shortest-text";
import type { SpellingTokenizer } from "./token-bytes";
import type { TokenMasks } from "./token-mask";

/**
 * The states along the schema's shortest text, spelled in the fewest tokens, with the tokens left from each on. Tokens that join
 * signs make it shorter than the sum of its parts, by which all other texts are judged.
 *
 * @param most tokens; a longer text is not written at all
 */
function shortestWay(automaton: Automaton, most: number): Map<State, number> {
  const { root, vocabulary } = automaton.grammar;
  const way = new Map<State, number>();
  if (root.bytes > 16 * most * vocabulary.trie.deepest) return way;
  const text = new TextEncoder().encode(shortestText(root, vocabulary));
  const costs = vocabulary.costs(text);
  let state: State | null = automaton.start;
  for (let at = 0; state; at++) {
    if (costs[at]! < Infinity) way.set(state, Math.min(costs[at]!, way.get(state) ?? Infinity));
    if (at === text.length) break;
    state = automaton.after(state, text[at]!);
  }
  return way;
}

/** The answer to words of a schema that no draft names. */
type UnknownWords = "ignore" | "refuse";

/** Makes the processor of one text. */
class SchemaProcessor {
  /** The shortest way, where it is shorter than the cost that states have. */
  private readonly way: ReadonlyMap<State, number>;
  private readonly automaton: Automaton;
  private readonly masks: TokenMasks;

  constructor(
    compiled: CompiledSchema,
    private readonly text: ConstrainedText,
  ) {
    const { automaton, masks } = compiled.open();
    this.automaton = automaton;
    this.masks = masks;
    const { start } = automaton;
    const room = text.maxNewTokens - 1; // one ends the text
    this.way = start.cost <= room ? new Map() : shortestWay(automaton, text.maxNewTokens);
    const needed = this.costOf(start);
    if (needed > room)
      throw new LmError(
        "ERR_RANGE",
        `lm/jsonSchema: the schema's shortest text and its end take ${needed + 1} tokens, but maxNewTokens is ${text.maxNewTokens}`,
        { fields: { needed: needed + 1, maxNewTokens: text.maxNewTokens } },
      );
    if (text.eosTokenIds.length === 0)
      throw new LmError("ERR_ARGUMENT", "lm/jsonSchema: a token that ends the text is needed", {
        fields: { eosTokenIds: [] },
      });
  }

  private costOf(state: State): number {
    return Math.min(state.cost, this.way.get(state) ?? Infinity);
  }

  /** The state after the tokens generated so far; null after the token that ends the text. */
  private stateAfter(inputIds: ArrayLike<number>): State | null {
    const { automaton } = this;
    const { bytes } = automaton.grammar.vocabulary;
    let state: State | null = automaton.start;
    for (let at = this.text.promptLength; at < inputIds.length; at++) {
      const id = inputIds[at]!;
      if (this.text.eosTokenIds.includes(id)) return null;
      const own = bytes[id];
      state = own ? automaton.afterAll(state, own) : null;
      if (!state)
        throw new LmError(
          "ERR_STATE",
          `lm/jsonSchema: token ${id} was taken, which the schema does not allow at ${at - this.text.promptLength}`,
          { fields: { id, at: at - this.text.promptLength } },
        );
    }
    return state;
  }

  /** Whether the text can still end in time after a token. */
  private endsInTime(state: State, id: number, left: number): boolean {
    const { automaton } = this;
    const next = automaton.afterAll(state, automaton.grammar.vocabulary.bytes[id]!);
    return next !== null && this.costOf(next) + 2 <= left; // this token and the end
  }

  readonly process: LogitsProcessor = (inputIds, logits) => {
    const { promptLength, maxNewTokens, eosTokenIds } = this.text;
    const state = this.stateAfter(inputIds);
    const mayEnd = state === null || state.isComplete;
    const ends = eosTokenIds.map((id) => [id, mayEnd ? logits[id]! : -Infinity] as const);
    if (!state) logits.fill(Number.NEGATIVE_INFINITY);
    else {
      const { bits, mostCost } = this.masks.of(state);
      const left = maxNewTokens - (inputIds.length - promptLength);
      const isTight = mostCost + 2 > left;
      for (let id = 0; id < logits.length; id++) {
        const isAllowed = ((bits[id >>> 5] ?? 0) & (1 << (id & 31))) !== 0;
        if (!isAllowed || (isTight && !this.endsInTime(state, id, left)))
          logits[id] = Number.NEGATIVE_INFINITY;
      }
    }
    for (const [id, logit] of ends) if (id < logits.length) logits[id] = logit;
    return logits;
  };
}

/**
 * Keeps a text to a JSON schema: every text that ends parses and validates, and with `maxNewTokens` it does end, as the shortest
 * way is forced in time. Schemas are made ready once per tokenizer, and states of the text as they are reached.
 *
 * Enforced are the words of draft 2020-12, and as drafts 4 to 7 spell them: `type`, `enum`, `const`; `properties`, `required`,
 * `additionalProperties`, `patternProperties`, `propertyNames`, `minProperties`, `maxProperties`, `dependentRequired`,
 * `dependentSchemas`; `items`, `prefixItems`, `minItems`, `maxItems`, `uniqueItems` for lists of `enum` and `const`; `minLength`,
 * `maxLength`, `pattern` (ECMAScript with the flag `u`), `format`; `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`,
 * `multipleOf`; `allOf`, `anyOf`, `oneOf` where its alternatives provably exclude each other, `$ref` into the schema, to an `$id` or an
 * `$anchor` in it, each beside any other; `true`, `false`. Refused by name are `not`, `if` beside `then` or `else`, `contains`,
 * `unevaluatedProperties`, `unevaluatedItems`, `$dynamicRef`, `$recursiveRef`, formats that a draft names and that are not enforced, and
 * in patterns back-references and look-behind. Annotations, and words and formats that no draft names, change nothing. Objects and lists
 * may be nested 64 times, or as often as the schema's shortest text is.
 *
 * Of the texts that satisfy a schema, these are written: one space at most before the text and after `,` and `:`, none elsewhere;
 * declared properties in their order, then others; names, `enum`, `const`, and strings with a `pattern` or a `format` as
 * `JSON.stringify` writes them; numbers with up to 15 digits on each side of the point, with bounds or `multipleOf` no exponent, else one
 * of two digits.
 *
 * @param options.budget limits of what the schema may cost to read: 4,194,304 steps (edges between its parts, comparisons of values,
 *   bytes of names and values that are spelled), 2,097,152 bytes (characters of names and strings) and 262,144 entries (values of
 *   any kind) by default; a step is also a transition of an automaton
 * @param options.unknownWords what becomes of words and formats that no draft names: `"ignore"` (default) or `"refuse"`
 * @returns a constraint for `complete`, `chat` and batchers; call it for the processor of another loop
 * @throws {LmError} `ERR_ARGUMENT` for a keyword that is not enforced, a malformed one, a value that is no JSON, and a schema that
 *   nothing satisfies, naming the place; `ERR_LIMIT` for one beyond the budget. The constraint throws `ERR_RANGE` where the shortest
 *   text has more tokens than the text may have
 * @see JSON Schema, draft 2020-12; Willard and Louf 2023 (masks from automata); Knuth 1977 (shortest texts)
 */
export function jsonSchema(
  schema: JsonSchema,
  tokenizer: SpellingTokenizer,
  options: {
    budget?: BudgetLimits | Budget | undefined;
    unknownWords?: UnknownWords | undefined;
  } = {},
): Constraint {
  const { budget, unknownWords, ...rest } = optionsOf("jsonSchema", options);
  refuseUnknown("jsonSchema", rest, ["budget", "unknownWords"]);
  return constraintFrom(schema, atOnce(begin(schema, tokenizer, budget, unknownWords)));
}

/**
 * As `jsonSchema`, in slices between which the event loop has turns, with the same result: for servers, whose schemas are
 * others'.
 *
 * @param options.signal ends the work
 * @throws {LmError} as `jsonSchema`, and the signal's reason
 */
export async function compileJsonSchema(
  schema: JsonSchema,
  tokenizer: SpellingTokenizer,
  options: {
    budget?: BudgetLimits | Budget | undefined;
    unknownWords?: UnknownWords | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<Constraint> {
  const { budget, unknownWords, signal, ...rest } = optionsOf("compileJsonSchema", options);
  refuseUnknown("compileJsonSchema", rest, ["budget", "unknownWords", "signal"]);
  const own = budgetOf("jsonSchema", budget, schemaLimits);
  const work = begin(schema, tokenizer, own, unknownWords);
  return constraintFrom(schema, await inSlices(work, () => own.turn(signal)));
}

function begin(
  schema: JsonSchema,
  tokenizer: SpellingTokenizer,
  budget: BudgetLimits | Budget | undefined,
  unknownWords: UnknownWords = "ignore",
): Slices<CompiledSchema> {
  having("jsonSchema", "tokenizer", tokenizer, "encode", "decode", "idToToken");
  oneOf("jsonSchema", "unknownWords", unknownWords, ["ignore", "refuse"]);
  const own = budgetOf("jsonSchema", budget, schemaLimits);
  return compiledSchema(schema, tokenizer, own, unknownWords === "refuse");
}

function constraintFrom(schema: JsonSchema, compiled: CompiledSchema): Constraint {
  const constraint = (text: ConstrainedText) => new SchemaProcessor(compiled, text).process;
  return Object.assign(constraint, { jsonSchema: schema });
}
