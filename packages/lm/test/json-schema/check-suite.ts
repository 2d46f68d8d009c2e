import { createTokenizer, LmError, type Tokenizer } from "../../src";
import type { Constraint } from "../../src/generation/constraint";
import { type JsonSchema, jsonSchema } from "../../src/json-schema";
import { byteToCharacter } from "../../src/tokenizer/byte-alphabet";
import { allows } from "./write-text";

/** A schema of a suite, with values that it allows and values that it forbids. */
export interface SuiteGroup {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly tests: readonly {
    readonly description: string;
    readonly valid: boolean;
    readonly data: unknown;
  }[];
}

/** The outcome of the groups of a suite. */
export interface SuiteOutcome {
  readonly taken: string[];
  /** The name, and why. */
  readonly refused: [name: string, why: string][];
  /** Values that are forbidden and accepted all the same. */
  readonly unsound: string[];
  /** Values that are allowed and have another text, or are not accepted. */
  readonly unreached: string[];
  readonly valid: number;
  readonly invalid: number;
}

/** A tokenizer of the 256 bytes. Id 0 ends a text. */
async function byteTokenizer(): Promise<Tokenizer> {
  const tokens = ["</s>", ...byteToCharacter];
  return createTokenizer({
    tokenizer: {
      version: "1.0",
      added_tokens: [{ id: 0, content: "</s>", special: true }],
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: false },
      decoder: { type: "ByteLevel" },
      model: {
        type: "BPE",
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: [],
      },
    },
    config: { eos_token: "</s>" },
  });
}

/** The word that a refusal names, or the message without its place and numbers. */
function reasonOf({ fields, message }: LmError): string {
  if (typeof fields.keyword === "string") return fields.keyword;
  return message
    .replace(/^lm\/jsonSchema: (nothing satisfies the schema: )?#[^ ]*:? ?/, "")
    .replace(/\d+/g, "n");
}

/** Compiles each schema for the 256 bytes, and walks the masks of each value's text as `JSON.stringify` writes it. */
export async function checkSuite(groups: Iterable<SuiteGroup>): Promise<SuiteOutcome> {
  const tokenizer = await byteTokenizer();
  const encoder = new TextEncoder();
  const ids = (text: string) =>
    Array.from(encoder.encode(text), (byte) => tokenizer.tokenToId(byteToCharacter[byte]!)!);
  const outcome = { taken: [], refused: [], unsound: [], unreached: [], valid: 0, invalid: 0 } as {
    -readonly [Key in keyof SuiteOutcome]: SuiteOutcome[Key];
  };
  const compiled = (group: SuiteGroup): Constraint | undefined => {
    try {
      return jsonSchema(group.schema, tokenizer);
    } catch (error) {
      if (!LmError.isInstance(error)) throw error;
      outcome.refused.push([group.name, reasonOf(error)]);
      return undefined;
    }
  };
  for (const group of groups) {
    const constraint = compiled(group);
    if (!constraint) continue;
    outcome.taken.push(group.name);
    for (const { description, valid, data } of group.tests) {
      const isAllowed = allows(constraint, tokenizer, ids(JSON.stringify(data)));
      outcome[valid ? "valid" : "invalid"]++;
      if (isAllowed === valid) continue;
      outcome[valid ? "unreached" : "unsound"].push(`${group.name} | ${description}`);
    }
  }
  return outcome;
}
