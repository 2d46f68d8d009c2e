import type { Budget, BudgetLimits, Slices } from "@deepgrain/support";
import { LmError } from "../errors";
import { Automaton, newFrames } from "./automaton";
import type { Grammar } from "./grammar";
import { measure } from "./measure";
import type { NodeStore } from "./nodes";
import { parseSchema } from "./parse-schema";
import { refuse } from "./places";
import { type Prices, pricesOf } from "./shortest-cost";
import { TokenMasks } from "./token-mask";
import { byteVocabulary, type Vocabulary } from "./vocabulary";
import { whyNothing } from "./why-nothing";

/** Objects and lists that a text may open inside one another, unless the schema demands more. */
const MOST_NESTED = 64;

/** States and frames of an automaton after which the next text begins a new one. */
const MOST_STATES = 50_000;
const MOST_FRAMES = 500_000;

/** Limits of one schema: at most about a second of work, and 2 MiB of text. */
export const schemaLimits: BudgetLimits = { steps: 2 ** 22, bytes: 2 ** 21, entries: 2 ** 18 };

/** A schema for a tokenizer. */
export class CompiledSchema {
  private current: { readonly automaton: Automaton; readonly masks: TokenMasks };

  constructor(
    private readonly grammar: Omit<Grammar, "frames">,
    /** Bytes of the schema itself, roughly. */
    private readonly ownBytes: number,
  ) {
    this.current = this.begin();
  }

  private begin() {
    const automaton = new Automaton({ ...this.grammar, frames: newFrames() });
    return { automaton, masks: new TokenMasks(automaton) };
  }

  /** The automaton of a text that begins: the one of the texts before, unless it has become too large. */
  open(): { readonly automaton: Automaton; readonly masks: TokenMasks } {
    const { automaton } = this.current;
    if (automaton.count > MOST_STATES || automaton.grammar.frames.count > MOST_FRAMES)
      this.current = this.begin();
    return this.current;
  }

  /** Bytes that it holds, roughly. */
  get sizeBytes(): number {
    const { automaton, masks } = this.current;
    const { frames } = automaton.grammar;
    return this.ownBytes + masks.sizeBytes + 2500 * automaton.count + 250 * frames.count;
  }
}

/** @throws {LmError} `ERR_ARGUMENT` where nothing satisfies the schema, or the tokenizer cannot spell what does */
function* checkEnds(
  root: NodeStore["all"][number],
  nodes: NodeStore,
  budget: Budget,
): Slices<void> {
  if (root.cost < Infinity) return;
  const bytes = byteVocabulary();
  yield* measure(nodes, bytes, pricesOf(bytes), budget);
  if (root.cost < Infinity)
    throw new LmError(
      "ERR_ARGUMENT",
      "lm/jsonSchema: the tokenizer has no tokens that spell a text of the schema",
    );
  const { path, why } = whyNothing(root);
  refuse(path, why, {}, "nothing satisfies the schema: ");
}

/**
 * Makes a schema ready for a vocabulary.
 *
 * @param text of the schema
 * @param budget see `parseSchema` and `measure`
 * @param refusesUnknown see `parseSchema`
 * @throws {LmError} `ERR_ARGUMENT` for what is not enforced, and for a schema that nothing satisfies, naming the place; `ERR_LIMIT`
 */
export function* compile(
  text: string,
  vocabulary: Vocabulary,
  budget: Budget,
  refusesUnknown = false,
): Slices<CompiledSchema> {
  const { root, nodes } = yield* parseSchema(JSON.parse(text), budget, refusesUnknown);
  const prices: Prices = pricesOf(vocabulary);
  yield* measure(nodes, vocabulary, prices, budget);
  yield* checkEnds(root, nodes, budget);
  const mostNested = Math.max(MOST_NESTED, root.nesting);
  const ownBytes = 2 * text.length + 400 * nodes.all.length + 250 * nodes.characters;
  return new CompiledSchema({ root, vocabulary, prices, mostNested }, ownBytes);
}
