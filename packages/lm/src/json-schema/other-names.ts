import type { ByteMachine } from "./automata/byte-machine";
import type { Vocabulary } from "./vocabulary";
import type { Word } from "./word-trie";

/** Tokens of each byte alone, by the vocabulary. */
const byteCosts = new WeakMap<Vocabulary, readonly number[]>();

function costsOf(vocabulary: Vocabulary): readonly number[] {
  const known = byteCosts.get(vocabulary);
  if (known) return known;
  const found = Array.from({ length: 256 }, (_, byte) => vocabulary.costs(Uint8Array.of(byte))[0]!);
  byteCosts.set(vocabulary, found);
  return found;
}

/** The costs that are known of a machine's names, by the word that is declared there. */
const knownCosts = new WeakMap<ByteMachine, Map<Word, number>>();

/** Names that begin as declared ones, and become others. */
export class OtherNames {
  private readonly known: Map<Word, number>;

  constructor(
    private readonly machine: ByteMachine,
    private readonly vocabulary: Vocabulary,
  ) {
    const known = knownCosts.get(machine) ?? new Map<Word, number>();
    knownCosts.set(machine, known);
    this.known = known;
  }

  /**
   * Tokens from inside a name that is not declared to the end of its value: at once, by a byte that no declared name has there, or
   * along one of these.
   *
   * @param word where the name could still be declared, null elsewhere
   */
  cost(word: Word | null, state: number): number {
    if (!word) return this.machine.cost(state);
    const known = this.known.get(word);
    if (known !== undefined) return known;
    const bytes = costsOf(this.vocabulary);
    let best = word.index < 0 ? this.machine.endCost(state) : Infinity;
    for (let byte = 0; byte < 256; byte++) {
      if (word.children.has(byte)) continue;
      const next = this.machine.after(state, byte);
      if (next >= 0) best = Math.min(best, bytes[byte]! + this.machine.cost(next));
    }
    if (best === Infinity)
      for (const [byte, inner] of word.children) {
        const next = this.machine.after(state, byte);
        if (next >= 0) best = Math.min(best, bytes[byte]! + this.cost(inner, next));
      }
    this.known.set(word, best);
    return best;
  }
}
