import type { Quote } from "../share/quote";
import { TrainingPlot } from "./loss-picture";
import { type Kind, kinds, sizes } from "./pair-names";
import { address, offOf, shown } from "./state";

const names = { coarse: "coarse", fine: "fine" };

function lossOf(kind: Kind): string {
  const { loss } = shown.probes.value![kind];
  const rise = loss - shown.whole.value![kind].loss;
  const change =
    rise === 0 ? "" : ` (${rise < 0 ? "−" : "+"}${Math.abs(rise).toFixed(3)} with experts off)`;
  return `${names[kind]} ${loss.toFixed(3)}${change}`;
}

/** The mixtures as they are quoted. */
export const quote: Quote = {
  pictures: () => [
    {
      picture: <TrainingPlot curve={shown.curve.value} />,
      caption: "Lower is better: coarse (orange), fine and shared (blue)",
    },
  ],
  settings() {
    const { seed, steps } = address.state.value;
    const off = kinds.map(
      (kind) => `${offOf(kind).flat().length} of ${2 * sizes[kind].experts} ${names[kind]}`,
    );
    return `seed ${seed}, ${steps} steps; experts off: ${off.join(", ")}`;
  },
  outcome: () => `Nats per letter: ${kinds.map(lossOf).join(", ")}.`,
};
