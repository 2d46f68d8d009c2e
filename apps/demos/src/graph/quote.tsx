import type { Quote } from "../share/quote";
import { GraphPicture } from "./graph-picture";
import { address, shown } from "./state";
import { mean, ways } from "./ways";

const names = { equal: "equal weights", renode: "ReNode’s weights" };

/** The graph as it is quoted. */
export const quote: Quote = {
  pictures: () => [
    {
      picture: <GraphPicture graph={shown.graph.value!} weighing={shown.weighing.value!} />,
      caption: "A colour per class; the stronger a labelled node is drawn, the more it weighs",
    },
  ],
  settings() {
    const { seed, labels } = address.state.value;
    return `${shown.graph.value!.title}, ${labels === "" ? "its first labels" : "labels moved"}, seed ${seed}`;
  },
  outcome() {
    const accuracies = shown.accuracies.value;
    const conflict = `Conflict of all labels ${shown.weighing.value!.total.toPrecision(4)}`;
    if (!accuracies || accuracies.equal.length === 0) return `${conflict}.`;
    const right = ways.map(
      (way) => `${(100 * mean(accuracies[way])).toFixed(1)}\u00a0% with ${names[way]}`,
    );
    return `${conflict}; a GCN is right ${right.join(", ")}.`;
  },
};
