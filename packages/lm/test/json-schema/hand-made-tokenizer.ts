import { createTokenizer, type Tokenizer } from "../../src";
import { byteToCharacter } from "../../src/tokenizer/byte-alphabet";

/** Tokens that cross the structure of JSON, escapes, and characters. */
const joined = [
  '":{"',
  '"},{"',
  '":["',
  '"],"',
  '":"',
  '","',
  '"}',
  '"]',
  "}}",
  '{"',
  '["',
  "]]",
  '": "',
  ', "',
  "[[",
  "]}",
  "},",
  "aa",
  "aaaa",
  "ab",
  "the",
  " the",
  "name",
  '"name":',
  "12",
  "123",
  "-1",
  "0.5",
  "e1",
  "e+",
  ",1",
  "1]",
  "1}",
  "\\n",
  "\\u",
  "\\ud83d",
  "\\ude00",
  "d83d",
  '\\"',
  "tru",
  "true",
  "true,",
  "null",
  "nul",
  "false}",
  "é",
  "日",
  "本語",
  "😀",
  "  ",
  "\n",
  "\n  ",
];

const encoder = new TextEncoder();
const spelled = (bytes: Iterable<number>) =>
  Array.from(bytes, (byte) => byteToCharacter[byte]!).join("");

/**
 * A byte-level BPE whose tokens are the bytes, the ones above, halves of a character, and what their merges pass through.
 * Id 0 ends a text.
 */
export async function handMadeTokenizer(): Promise<Tokenizer> {
  const vocab: Record<string, number> = { "</s>": 0 };
  const merges: string[] = [];
  const add = (token: string) => {
    vocab[token] ??= Object.keys(vocab).length;
  };
  for (const character of byteToCharacter) add(character);
  const parts = [...joined.map((text) => encoder.encode(text)), encoder.encode("é").slice(0, 1)];
  const half = encoder.encode("😀");
  for (const bytes of [...parts, half.slice(0, 3), half.slice(2)])
    for (let end = 2; end <= bytes.length; end++) {
      const [left, right] = [spelled(bytes.slice(0, end - 1)), spelled(bytes.slice(end - 1, end))];
      if (!merges.includes(`${left} ${right}`)) merges.push(`${left} ${right}`);
      add(left + right);
    }
  return createTokenizer({
    tokenizer: {
      version: "1.0",
      added_tokens: [{ id: 0, content: "</s>", special: true }],
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: false },
      decoder: { type: "ByteLevel" },
      model: { type: "BPE", vocab, merges },
    },
    config: { eos_token: "</s>" },
  });
}
