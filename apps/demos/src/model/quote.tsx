import type { Quote } from "../share/quote";
import { address, shown } from "./state";
import { WeightsPicture } from "./weights-picture";

/** Letters of a text that are quoted. */
const LONGEST = 110;

/** The model as it is quoted; what a visitor typed stays in the page. */
export const quote: Quote = {
  pictures: () => [
    {
      picture: <WeightsPicture weights={shown.description.value!.weights} />,
      caption: `${shown.source.value.title}: where its weights lie`,
    },
  ],
  settings() {
    const { temperature, tokens, seed } = address.state.value;
    return `temperature ${temperature}, at most ${tokens} tokens, seed ${seed}`;
  },
  outcome() {
    const text = shown.turns.value.at(-1)?.content.replaceAll(/\s+/g, " ").trim() ?? "";
    const letters = [...text];
    const said = letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("")}…` : text;
    return `It writes: “${said}”`;
  },
};
