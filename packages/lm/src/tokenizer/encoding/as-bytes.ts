import type { Slices } from "@deepgrain/support";
import { lettersOf } from "./letters";
import type { Pace } from "./pace";

/** Characters that are written as bytes at once. */
const PART = 4096;

/** A text in the alphabet of bytes. */
export function* asBytes(text: string, pace: Pace): Slices<string> {
  let letters = "";
  for (let at = 0; at < text.length; ) {
    const last = text.charCodeAt(at + PART - 1);
    const end = at + PART + (last >= 0xd800 && last < 0xdc00 ? 1 : 0); // a pair stays together
    const part = text.slice(at, end);
    letters += lettersOf(part);
    at = end;
    if (pace.isDue(part.length)) yield;
  }
  return letters;
}
