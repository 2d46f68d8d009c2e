import { Tokenizer as Library } from "@huggingface/tokenizers";
import type { Tokenizer } from "../../../src";
import { filesOf } from "../../../src/tokenizer/tokenizer-files";

/** The ids of a text as the library alone finds them, without what is put around it. */
export function byLibrary(tokenizer: Tokenizer): (text: string) => number[] {
  const { tokenizer: json, config = {} } = filesOf("byLibrary", tokenizer);
  const absent = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  const library = new Library({ ...absent, added_tokens: [], ...json }, config);
  return (text) => library.encode(text, { add_special_tokens: false }).ids;
}

const ranges: readonly (readonly [least: number, most: number])[] = [
  [0x20, 0x7e],
  [0x00, 0x1f],
  [0xa0, 0x24f],
  [0x300, 0x36f], // marks that combine
  [0x370, 0x6ff],
  [0x2000, 0x206f],
  [0x4e00, 0x9fff],
  [0xd800, 0xdfff], // halves of pairs, alone
  [0x1f300, 0x1faff],
  [0x0, 0x10ffff],
];

/** Texts of characters from all of Unicode, half pairs among them, with runs of the same: always the same ones. */
export function* randomTexts(count: number): Generator<string> {
  let state = 1;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let i = 0; i < count; i++) {
    let text = "";
    for (let parts = below(8); parts > 0; parts--) {
      const [least, most] = ranges[below(ranges.length)]!;
      for (let length = 1 + below(6); length > 0; length--) {
        const code = least + below(most - least + 1);
        const unit = code < 0x10000 ? String.fromCharCode(code) : String.fromCodePoint(code);
        text += unit.repeat(below(20) === 0 ? 1 + below(120) : 1);
      }
      if (below(3) === 0) text += " ";
    }
    yield text;
  }
}
