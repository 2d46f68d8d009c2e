/** Text of UTF-8 bytes, or the text itself, without a byte order mark. */
export const textOf = (input: string | Uint8Array): string =>
  typeof input === "string" ? input.replace(/^\uFEFF/, "") : new TextDecoder().decode(input);
