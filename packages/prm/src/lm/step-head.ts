import { having, PrmError, textOf } from "../errors";
import type { StepForm } from "./step-encoding";
import type { StepHead } from "./step-reward-model";

/** The part of a tokenizer of `@deepgrain/lm` that is used here. */
interface Encoder {
  encode(text: string, options?: { addSpecialTokens?: boolean }): number[];
}

/**
 * The head of a kind, with the tokens that it needs.
 *
 * @param words the tokens of good and bad steps, for the kind `tag`, each of which must be one token; `neutral` for the kind
 *   `three`
 * @throws {PrmError} `ERR_ARGUMENT` for a word that is several tokens
 */
export function stepHead(
  kind: StepHead["kind"],
  tokenizer: Encoder,
  words: {
    readonly good: string;
    readonly bad: string;
    readonly neutral?: "good" | "bad" | undefined;
  },
): StepHead {
  textOf("stepHead", "kind", kind);
  if (kind === "three") return { kind, neutral: words.neutral ?? "good" };
  if (kind !== "tag") return { kind };
  const oneToken = (name: "good" | "bad") => {
    const ids = tokenizer.encode(words[name], { addSpecialTokens: false });
    if (ids.length === 1) return ids[0]!;
    throw new PrmError(
      "ERR_ARGUMENT",
      `stepHead: ${name} must be one token of the model's tokenizer, "${words[name]}" is ${ids.length}`,
      { fields: { [name]: words[name] } },
    );
  };
  return { kind, goodTokenId: oneToken("good"), badTokenId: oneToken("bad") };
}

/**
 * The form in which steps are separated: by a text after each, or as separately tokenised pieces; a sequence begins with
 * what the tokenizer puts first, if anything.
 */
export function stepForm(tag: string | undefined, tokenizer: Encoder): StepForm {
  if (tag !== undefined) textOf("stepForm", "tag", tag);
  having("stepForm", "tokenizer", tokenizer, "encode");
  const bosTokenId = tokenizer.encode("")[0] ?? null;
  return tag === undefined ? { kind: "pieces", bosTokenId } : { kind: "tagged", tag, bosTokenId };
}
