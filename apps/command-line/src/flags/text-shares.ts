import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { Flag } from "./flag";
import * as flags from "./flags";

/** A text by its place, and its share of what is read. */
export interface TextShare {
  /** Absolute path of a file, or a word that stands for installed texts. */
  text: string;
  share: number;
}

/** Both parts of `FILE:0.3`. The share is NaN where there is none. */
export function textShare(typed: string): TextShare {
  const at = typed.lastIndexOf(":");
  const number = at < 0 ? "" : typed.slice(at + 1).trim();
  if (number === "") return { text: typed, share: Number.NaN };
  return { text: typed.slice(0, at), share: Number(number) };
}

/**
 * Texts with their shares, separated by commas: `notes.txt:0.2,english:0.1`. The value has them as they are typed, with
 * absolute paths; {@link textShare} takes each apart.
 */
export function textShares(options: { help: string }): Flag<readonly string[] | undefined> {
  const files = flags.texts(options);
  return {
    ...files,
    hint: "file:share",
    pathOf: (value) => textShare(value).text,
    read(typed, place) {
      const shares = typed.split(",").filter((part) => part.trim() !== "");
      const parts = shares.map(textShare);
      const { spelling } = place;
      const wrong = parts.findIndex(({ text, share }) => text === "" || !(share > 0 && share < 1));
      if (wrong >= 0 || parts.length === 0)
        throw new UsageError(
          `${spelling} must be FILE:SHARE with a share above 0 and below 1, such as notes.txt:0.3, got "${shares[wrong] ?? typed}"`,
        );
      const sum = parts.reduce((all, { share }) => all + share, 0);
      if (sum >= 1)
        throw new UsageError(`${spelling}: the shares must be below 1 together, got ${sum}`);
      return parts.map(({ text, share }) => `${files.read(text, place)![0]}:${share}`);
    },
  };
}
