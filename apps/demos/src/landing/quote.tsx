import type { Quote } from "../share/quote";
import { STEPS } from "./limits";
import { quoted } from "./quoted";
import { WrittenPicture } from "./written-picture";

/** The sentence as it is quoted. */
export const quote: Quote = {
  pictures: () => [
    {
      picture: <WrittenPicture letters={quoted.current!.letters} />,
      caption: "Written after the sentence; each letter has the colour of the expert that wrote it",
    },
  ],
  settings() {
    const { text, seed } = quoted.current!;
    return `“${text}”, ${STEPS} steps, seed ${seed}`;
  },
  outcome: () => `Loss ${quoted.current!.loss.toFixed(2)} nats per letter after ${STEPS} steps.`,
};
