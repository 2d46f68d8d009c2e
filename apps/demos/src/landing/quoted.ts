import type { Letter } from "./learn-sentence";

/** The sentence and what was written after it, as it stands in the page; null before the page is there. */
export const quoted: {
  current: { text: string; seed: number; letters: readonly Letter[]; loss: number } | null;
} = { current: null };
