import type { Quote } from "../share/quote";
import { type Scheme, schemes } from "./names";
import { address, shown } from "./state";
import { VotesPicture } from "./votes-picture";

const names: Record<Scheme, string> = { balanced: "Balanced halves", plain: "Plain halves" };

/** The marked texts as they are quoted. */
export const quote: Quote = {
  pictures: () =>
    schemes.map((scheme) => ({
      picture: <VotesPicture tokens={shown.readings.value![scheme].tokens} />,
      caption: `${names[scheme]}: a cell per word, filled where it speaks for the message`,
    })),
  settings() {
    const { seed, payload, strength, attack, rate, key } = address.state.value;
    const attacked = rate === 0 ? "no attack" : `${attack} ${Math.round(100 * rate)}\u00a0%`;
    return `message “${payload}”, strength ${strength}, ${attacked}, ${key} key, seed ${seed}`;
  },
  outcome() {
    const said = schemes.map((scheme) => {
      const { isFound, payload, nats } = shown.readings.value![scheme];
      const cost = nats === null ? "" : `, ${nats.toFixed(2)} nats per token`;
      return `${names[scheme]}: ${isFound ? `“${payload}” found` : "no mark found"}${cost}`;
    });
    return `${said.join("; ")}.`;
  },
};
