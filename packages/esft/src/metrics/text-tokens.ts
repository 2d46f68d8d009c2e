const pieces = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}]+/gu;

/** Words in lower case; each Han or kana character is a word. Punctuation is left out. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(pieces) ?? [];
