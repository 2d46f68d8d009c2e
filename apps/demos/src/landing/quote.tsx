import type { Quote } from "../share/quote";
import { STEPS } from "./limits";
import { address, growing, whole } from "./state";
import { WrittenPicture } from "./written-picture";

const shown = () => growing.value ?? whole.value!;

/** The sentence as it is quoted. */
export const quote: Quote = {
  pictures: () => [
    {
      picture: <WrittenPicture letters={shown().texts.flat()} />,
      caption: "Written after the sentence; each letter has the colour of the expert that wrote it",
    },
  ],
  settings() {
    const { text, second, off, seed } = address.state.value;
    const sentences = second ? `“${text}” and “${second}”` : `“${text}”`;
    const without = off.length > 0 ? `, without experts ${off.join(", ")}` : "";
    return `${sentences}, ${STEPS} steps, seed ${seed}${without}`;
  },
  outcome: () => `Loss ${shown().loss.toFixed(2)} nats per letter after ${STEPS} steps.`,
};
