import { bytesOf } from "./names";

/** The bits of a message of plain letters, the highest first, filled up with a space, as the packages' codec gives them. */
export const payloadBits = (payload: string): number[] =>
  [...payload.padEnd(bytesOf(payload))].flatMap((letter) =>
    Array.from({ length: 8 }, (_, i) => (letter.charCodeAt(0) >> (7 - i)) & 1),
  );
