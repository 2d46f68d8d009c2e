import { gpt2Pattern } from "./count-pre-tokens";
import { specialToken, type TokenizerJson, templateProcessor } from "./tokenizer-json";

/** The parts around the merges in a byte-level tokenizer.json. */
export interface BpeTokenizerJsonOptions {
  specialTokens?: readonly string[] | undefined;
  /** The pattern of pre-tokens, or several that split one after another. Default GPT-2's. */
  pattern?: string | readonly string[] | undefined;
  bosToken?: string | undefined;
  eosToken?: string | undefined;
}

/** GPT-2's pattern is built into the ByteLevel step; other patterns come before it as Split steps. */
function byteLevelPreTokenizer(pattern: string | readonly string[]): object {
  const byteLevel = (useRegex: boolean) => ({
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: useRegex,
  });
  const patterns = typeof pattern === "string" ? [pattern] : pattern;
  if (patterns.length === 1 && patterns[0] === gpt2Pattern) return byteLevel(true);
  const splits = patterns.map((Regex) => ({
    type: "Split",
    pattern: { Regex },
    behavior: "Isolated",
    invert: false,
  }));
  return { type: "Sequence", pretokenizers: [...splits, byteLevel(false)] };
}

/** One step of a pre-tokenizer in tokenizer.json. */
interface Step {
  readonly type: string;
  readonly pattern?: { readonly Regex?: string | undefined } | undefined;
  readonly behavior?: string | undefined;
  readonly invert?: boolean | undefined;
  readonly individual_digits?: boolean | undefined;
  readonly use_regex?: boolean | undefined;
  readonly add_prefix_space?: boolean | undefined;
  readonly pretokenizers?: readonly Step[] | undefined;
}

/** The pattern by which a step splits; undefined if it does something else. */
function splitOf({ type, pattern, behavior, invert, individual_digits }: Step): string | undefined {
  if (type === "Digits" && individual_digits) return "\\p{N}";
  return type === "Split" && behavior === "Isolated" && !invert ? pattern?.Regex : undefined;
}

/**
 * The patterns by which a byte-level pre-tokenizer splits, one after another: what `bpeTokenizerJson` takes.
 * @returns undefined for a pre-tokenizer of another form
 */
export function byteLevelPatterns(preTokenizer: object | null): readonly string[] | undefined {
  const { pretokenizers, ...single } = (preTokenizer ?? {}) as Step;
  const steps = [...(pretokenizers ?? [single])];
  const last = steps.pop();
  if (last?.type !== "ByteLevel" || last.add_prefix_space) return undefined;
  const patterns = steps.map(splitOf);
  if (!patterns.every((pattern) => pattern !== undefined)) return undefined;
  return last.use_regex === false ? patterns : [...patterns, gpt2Pattern];
}

/**
 * Returns the tokenizer.json of a byte-level BPE: ids are special tokens first, then `tokens` in order.
 *
 * @param tokens bytes and merged tokens in the byte alphabet
 * @param merges pairs in the byte alphabet, first merge first
 */
export function bpeTokenizerJson(
  tokens: readonly string[],
  merges: readonly (readonly [string, string])[],
  { specialTokens = [], pattern = gpt2Pattern, bosToken, eosToken }: BpeTokenizerJsonOptions = {},
): TokenizerJson {
  const added = specialTokens.map((content, id) => specialToken(id, content));
  const find = (content?: string) => added.find((token) => token.content === content);
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: true,
    trim_offsets: false,
    use_regex: true,
  };
  const template = templateProcessor({ bos: find(bosToken), eos: find(eosToken) });
  const hasTemplate = bosToken !== undefined || eosToken !== undefined;
  const vocab = [...specialTokens, ...tokens].map((token, id) => [token, id] as const);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: byteLevelPreTokenizer(pattern),
    post_processor: hasTemplate
      ? { type: "Sequence", processors: [byteLevel, template] }
      : byteLevel,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocab),
      merges: merges.map(([left, right]) => `${left} ${right}`),
    },
  };
}
