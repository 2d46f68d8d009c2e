/** A text as bytes: most of it for training, every tenth piece held out. */
export interface SplitText {
  training: Uint8Array;
  heldOut: Uint8Array;
}

/** Pieces of a text, of which every tenth is held out. */
const PIECES = 20;

/** Fewest bytes that can be trained on, and most: more would only take memory, as a run reads 512,000. */
export const TEXT_BYTES = { min: 20_000, max: 2_000_000 };

/** Cuts a text into training and held-out pieces. */
export function splitText(bytes: Uint8Array): SplitText {
  const size = Math.ceil(bytes.length / PIECES);
  const pieces = Array.from({ length: PIECES }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  const isHeldOut = (i: number) => i % 10 === 9;
  const join = (parts: Uint8Array[]) => {
    const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  };
  return {
    training: join(pieces.filter((_, i) => !isHeldOut(i))),
    heldOut: join(pieces.filter((_, i) => isHeldOut(i))),
  };
}

/**
 * Looks at a visitor's file.
 * @returns what is wrong with it, in a sentence; undefined if it can be trained on
 */
export function problemOf(bytes: Uint8Array, name: string): string | undefined {
  const { min, max } = TEXT_BYTES;
  const kilobytes = (size: number) => `${Math.ceil(size / 1000).toLocaleString("en-US")} kB`;
  if (bytes.length === 0) return `${name} is empty; choose a text of at least ${kilobytes(min)}.`;
  if (bytes.length < min)
    return `${name} has ${kilobytes(bytes.length)}; at least ${kilobytes(min)} are needed to learn from.`;
  if (bytes.length > max)
    return `${name} has ${kilobytes(bytes.length)}; at most ${kilobytes(max)} are read.`;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? `${name} is no text: it holds zero bytes.` : undefined;
  } catch {
    return `${name} is no text in UTF-8; choose a plain text file.`;
  }
}
