import type { Tokenizer } from "@huggingface/tokenizers";
import { LmError } from "../errors";
import { linearPattern, nativePattern, type PatternLike } from "./linear-pattern";
import { publishedPatterns } from "./published-patterns";

/** A step of the pipeline as the library represents it: its pattern, or its own steps. */
interface Step {
  pattern?: RegExp | PatternLike | null | undefined;
  normalizers?: (Step | null)[] | undefined;
  tokenizers?: (Step | null)[] | undefined;
  decoders?: (Step | null)[] | undefined;
}

/** The same step in tokenizer.json. */
interface StepJson {
  type?: unknown;
  length?: unknown;
  pattern?: { Regex?: unknown } | undefined;
  normalizers?: unknown;
  pretokenizers?: unknown;
  decoders?: unknown;
}

const lists = [
  ["normalizers", "normalizers"],
  ["pretokenizers", "tokenizers"],
  ["decoders", "decoders"],
] as const;

function refuse(key: string, problem: string, fields: Record<string, unknown> = {}): never {
  const message = `lm/createTokenizer: tokenizer.json: ${key} ${problem}`;
  throw new LmError("ERR_FORMAT", message, { fields: { file: "tokenizer.json", key, ...fields } });
}

async function safePattern(
  expression: RegExp,
  written: unknown,
  key: string,
  trustPatterns: boolean,
): Promise<PatternLike | RegExp> {
  if (typeof written !== "string") return nativePattern(expression); // a text to find, not an expression
  if (trustPatterns || publishedPatterns.has(written)) return expression;
  try {
    return await linearPattern(expression.source);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return refuse(
      `${key}.pattern.Regex`,
      `must be a published pattern or one that runs in linear time: ${reason}; pass trustPatterns: true if you trust this file`,
      { pattern: written, cause },
    );
  }
}

async function guardStep(
  step: Step | null,
  json: StepJson | null,
  key: string,
  trust: boolean,
): Promise<void> {
  if (!step || !json) return;
  if (
    json.type === "FixedLength" &&
    !(Number.isSafeInteger(json.length) && Number(json.length) > 0)
  )
    refuse(`${key}.length`, `must be a whole number of at least 1, got ${json.length}`);
  const { pattern } = step;
  if (pattern instanceof RegExp && json.pattern)
    step.pattern = await safePattern(pattern, json.pattern.Regex, key, trust);
  for (const [name, own] of lists)
    for (const [i, child] of (step[own] ?? []).entries())
      await guardStep(child, (json[name] as StepJson[])[i] ?? null, `${key}.${name}[${i}]`, trust);
}

/**
 * Makes the regular expressions that came with a tokenizer.json safe to run: published ones stay as they are, others
 * run on a linear-time engine. The size of replacements is bounded.
 *
 * @param trustPatterns keeps all expressions on JavaScript's engine, which may backtrack without end
 * @throws {LmError} `ERR_FORMAT` naming the key of an expression that cannot be run in linear time
 */
export async function guardPatterns(
  tokenizer: Tokenizer,
  json: Readonly<Record<string, unknown>>,
  trustPatterns: boolean,
): Promise<void> {
  for (const key of ["normalizer", "pre_tokenizer", "decoder"] as const)
    await guardStep(
      tokenizer[key] as Step | null,
      json[key] as StepJson | null,
      key,
      trustPatterns,
    );
}
