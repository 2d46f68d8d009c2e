import { percentText } from "../drawing/numbers";
import type { Quote } from "../share/quote";
import { HistogramPlot } from "./histogram-picture";
import { address, shown } from "./state";

/** The purified encoder as it is quoted. */
export const quote: Quote = {
  pictures: () => [
    {
      picture: <HistogramPlot drawn={shown.outcome.value!} width={400} />,
      caption: "Weights by how far they moved for their curvature; the orange ones are set back",
    },
  ],
  settings() {
    const { rho, seed, word } = address.state.value;
    return `${percentText(rho, 0)} of the weights kept, secret word ${word}, seed ${seed}`;
  },
  outcome() {
    const { suspect, purified } = shown.outcome.value!;
    return `The attack succeeds in ${percentText(suspect.asr)} of texts as found, in ${percentText(purified.asr)} once purified; accuracy ${percentText(suspect.acc)} and ${percentText(purified.acc)}.`;
  },
};
