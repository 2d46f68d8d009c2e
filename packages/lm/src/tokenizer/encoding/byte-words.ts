import type { Slices } from "@deepgrain/support";
import {
  BPE,
  ByteLevelPreTokenizer,
  SequencePreTokenizer,
  SplitPreTokenizer,
} from "@huggingface/tokenizers";
import { digitGroupsPattern } from "../published-patterns";
import { KnownWords } from "./known-words";
import { lettersOf } from "./letters";
import type { Pace } from "./pace";
import type { ModelStep, Pipeline, SplittingStep } from "./pipeline";

/** Spells a long word as tokens; undefined where others may have their turn. */
export type SpellLong = (model: BPE, word: string, pace: Pace) => Iterable<string | undefined>;

/** Longer words are spelled by a {@link SpellLong}. Each of their characters is up to three bytes. */
const LONG = 256 / 3;

/** How a text is cut into words. */
interface Cut {
  readonly pattern: RegExp;
  /** Whether what stands between two matches is a word, too. */
  readonly hasGaps: boolean;
  /** Whether a space is put before each text that begins with none. */
  readonly isSpaced: boolean;
}

/** The one pattern of a byte-level pre-tokenizer; undefined for one of another form. */
function cutOf(step: SplittingStep | null): Cut | undefined {
  if (step instanceof ByteLevelPreTokenizer) {
    const { pattern, use_regex, add_prefix_space: isSpaced = false } = step as SplittingStep;
    const isCut = use_regex && pattern instanceof RegExp;
    return isCut ? { pattern, hasGaps: false, isSpaced } : undefined;
  }
  if (!(step instanceof SequencePreTokenizer)) return undefined;
  const [split, last, ...others] = step.tokenizers as unknown as (SplittingStep | null)[];
  if (!(split instanceof SplitPreTokenizer) || !(last instanceof ByteLevelPreTokenizer))
    return undefined;
  const { pattern, config } = split as SplittingStep;
  const isIsolated = !config?.invert && config?.behavior?.toLowerCase() === "isolated";
  const { use_regex, add_prefix_space } = last as SplittingStep;
  if (others.length > 0 || use_regex || add_prefix_space || !isIsolated) return undefined;
  if (!(pattern instanceof RegExp) || config?.pattern?.Regex === digitGroupsPattern)
    return undefined;
  return { pattern, hasGaps: true, isSpaced: false };
}

/**
 * The way of byte-level BPE whose texts are cut by one pattern: the ids of a word depend on the word alone, and are looked up where
 * it was met before. They are those that the library finds.
 */
export class ByteWords {
  private readonly known = new KnownWords();

  private constructor(
    private readonly cut: Cut,
    private readonly model: BPE,
    private readonly pipeline: Pipeline,
  ) {}

  /** Returns the way of a tokenizer; undefined for one of another kind. */
  static of(pipeline: Pipeline): ByteWords | undefined {
    const model: ModelStep | BPE = pipeline.model;
    const cut = cutOf(pipeline.pre_tokenizer);
    if (cut === undefined || !(model instanceof BPE) || model.fuse_unk) return undefined;
    const { source, flags } = cut.pattern;
    return new ByteWords({ ...cut, pattern: new RegExp(source, flags) }, model, pipeline);
  }

  /**
   * Appends the ids of a stretch of text, in slices, until there are more than `most`.
   *
   * @param given what stands between added tokens, normalised
   */
  *write(
    given: string,
    ids: number[],
    { pace, most, spellLong }: { pace: Pace; most: number; spellLong: SpellLong },
  ): Slices<void> {
    const { pattern, hasGaps, isSpaced } = this.cut;
    const text = isSpaced && !given.startsWith(" ") ? ` ${given}` : given;
    let [end, from] = [0, 0];
    while (from <= text.length && ids.length <= most) {
      pattern.lastIndex = from; // others use it between two slices
      const found = pattern.exec(text);
      const index = found?.index ?? text.length;
      if (hasGaps && index > end) yield* this.add(text.slice(end, index), ids, spellLong, pace);
      if (found === null) return;
      const word = found[0];
      end = index + word.length;
      from = word === "" ? index + (text.codePointAt(index)! > 0xffff ? 2 : 1) : end;
      const known = this.known.get(word);
      if (known === undefined) yield* this.add(word, ids, spellLong, pace);
      else for (const id of known) ids.push(id);
      if (pace.isDue(word.length + 1)) yield;
    }
  }

  /** Appends the ids of a word. */
  private *add(word: string, ids: number[], spellLong: SpellLong, pace: Pace): Slices<void> {
    if (word === "") return;
    if (word.length < LONG) {
      const own = this.model.encode([lettersOf(word)]).map((token) => this.idOf(token));
      this.known.add(word, own);
      for (const id of own) ids.push(id);
      return;
    }
    for (const token of spellLong(this.model, word, pace))
      if (token === undefined) yield;
      else ids.push(this.idOf(token));
  }

  private idOf(token: string): number {
    const { added_tokens_map, model } = this.pipeline;
    return added_tokens_map.get(token)?.id ?? model.tokens_to_ids.get(token) ?? model.unk_token_id!;
  }
}

const ways = new WeakMap<Pipeline, { words: ByteWords | undefined }>();

/** The one of each tokenizer. */
export function byteWordsOf(pipeline: Pipeline): ByteWords | undefined {
  const way = ways.get(pipeline) ?? { words: ByteWords.of(pipeline) };
  ways.set(pipeline, way);
  return way.words;
}
