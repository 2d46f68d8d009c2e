/**
 * @file Pre-token patterns of published tokenizers, which run unchanged: most use lookahead, which a linear-time engine
 *   does not support, and that engine is slower. None of them backtracks over more than a run of digits or white space.
 *   A file's pattern is compared with them as text.
 */
const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const spaces = "\\s+(?!\\S)|\\s+";
const upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const mark = "[^\\r\\n\\p{L}\\p{N}]?";

/** Words by case, then numbers, signs and spaces: the shape of o200k. */
const byCase = (ending: string, number: string) =>
  `${mark}${upper}*${lower}+${ending}|${mark}${upper}+${lower}*${ending}|${number}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|${spaces}`;

/** Contractions, words, numbers, signs and spaces: the shape of cl100k. */
const byKind = (number: string) =>
  `${contractions}|${mark}\\p{L}+|${number}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|${spaces}`;

/** Line breaks are part of the pattern itself here, not as escapes. */
const deepseekWords =
  "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+";

/** Patterns by the family that published them. */
export const preTokenPatterns = {
  qwen2: byKind("\\p{N}"),
  llama3: byKind("\\p{N}{1,3}"),
} as const;

/** Patterns that split one after another, by the family that published them. */
export const preTokenSequences = {
  deepseek: ["[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+", "\\p{N}"],
  deepseekV3: [
    "\\p{N}{1,3}",
    "[一-龥぀-ゟ゠-ヿ]+",
    `${deepseekWords}| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|${spaces}`,
  ],
} as const;

/** Groups the digits of a number from its end (Cohere 2): it looks ahead to the end for each group. */
export const digitGroupsPattern = "\\d{1,3}(?=(?:\\d{3})*\\b)";

/** Patterns that run as they are, on JavaScript's own engine. */
export const publishedPatterns: ReadonlySet<string> = new Set([
  // GPT-2
  `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|${spaces}`,
  // Qwen2, Qwen2.5, Qwen3
  preTokenPatterns.qwen2,
  // Llama 3, Granite 4
  preTokenPatterns.llama3,
  // MiniCPM5
  byKind("\\p{N}+"),
  // Qwen3.5
  `${contractions}|${mark}[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|${spaces}`,
  // GPT-OSS, MiniMax, Cohere 2
  byCase(`${contractions}?`, "\\p{N}{1,3}"),
  // Mistral Nemo, Nemotron 3
  byCase("", "\\p{N}"),
  // DeepSeek-V3, R1, V4
  preTokenSequences.deepseekV3[2],
  // Spark-X
  `${deepseekWords}| ?[\\p{P}\\p{S}]+|[\r\n]|${spaces}`,
  // cl100k as tiktoken writes it: LLaDA
  `'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|${spaces}`,
  `'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|${spaces}`,
  // Laguna: line breaks
  "(?:\\r?\\n)+(?!\\r?\\n)",
  // Kimi K2, K3
  `[\\p{Han}]+|${mark}[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+${contractions}?|${mark}[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*${contractions}?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|${spaces}`,
  digitGroupsPattern,
  // DeepSeek Coder and V3, Falcon, Bloom, Gemma: parts of a sequence
  "\\p{N}{1,3}",
  "\\p{N}",
  "[\r\n]",
  "\\s?\\p{L}+",
  "\\s?\\p{P}+",
  "[一-龥぀-ゟ゠-ヿ]+",
  "[一-龥ࠀ-一가-퟿]+",
  "[0-9][0-9][0-9]",
  " ?[^(\\s|[.,!?…。，、।۔،])]+",
  " ",
  ".",
]);
