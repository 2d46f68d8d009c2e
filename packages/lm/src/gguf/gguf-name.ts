import type { TokenizerFiles } from "../tokenizer/tokenizer-files";
import type { TokenizerJson } from "../tokenizer/tokenizer-json";

/** Special tokens of Phi-3 after which a text keeps its spaces. */
const keepSpaces = ["<unk>", "<s>", "<|endoftext|>"];
/** The tokens that llama.cpp looks up in a file of that name; without one it does not load the file. */
const lookedUp = [...keepSpaces, "</s>"];

/** Whether a tokenizer drops the spaces after its special tokens as Phi-3's does. */
function isOfPhi3({ tokenizer }: TokenizerFiles): boolean {
  const { model, added_tokens: added = [] } = tokenizer as TokenizerJson;
  const tokens = new Set([...Object.keys(model.vocab), ...added.map(({ content }) => content)]);
  const isAlike = added.every(
    ({ content, rstrip }) => Boolean(rstrip) !== keepSpaces.includes(content),
  );
  return isAlike && lookedUp.every((token) => tokens.has(token));
}

/**
 * The `general.name` under which a file is read with its own tokenizer. llama.cpp takes every file whose name contains "phi3" or
 * "phi-3" for one with Phi-3's: it looks four tokens up and drops the spaces after special ones. The name of a file with such a
 * tokenizer therefore gets "Phi-3" if it lacks it, and that of any other a space: "phi 3".
 *
 * @param name the name that was asked for
 * @param files the tokenizer; null: none
 */
export function ggufName(name: string, files: TokenizerFiles | null): string {
  const says = /phi-?3/i.test(name);
  if (files !== null && isOfPhi3(files)) return says ? name : `Phi-3 ${name}`;
  return name.replace(/(phi)-?3/gi, "$1 3");
}
