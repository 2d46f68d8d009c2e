import { percentText } from "../drawing/numbers";
import type { Quote } from "../share/quote";
import { choose, type Way, ways } from "./choose";
import { SolvedPlot } from "./solved-picture";
import { address, shown } from "./state";

const names: Record<Way, string> = { majority: "votes", weighted: "the verifier" };

/** Votes beside the verifier, as they are quoted. */
export const quote: Quote = {
  pictures: () => [
    {
      picture: <SolvedPlot curve={shown.curve.value} n={address.state.value.n} width={400} />,
      caption: "Problems solved, higher is better: votes (orange, dashed), the verifier (blue)",
    },
  ],
  settings() {
    const { n, problem, made, seed } = address.state.value;
    return `${n} solutions, ${made === "" ? `problem ${problem}` : "a problem of one’s own"}, seed ${seed}`;
  },
  outcome() {
    const { n } = address.state.value;
    const exercise = shown.exercise.value!;
    const chosen = ways.map((way) => {
      const { answer } = choose(exercise.solutions, n, way);
      return `${names[way]} ${answer ?? "–"} (${answer === exercise.answer ? "right" : "wrong"})`;
    });
    const last = shown.curve.value.findLast((one) => one.n <= n);
    const solved = last
      ? ` Of all problems with ${last.n}: ${ways.map((way) => `${names[way]} ${percentText(last.solved[way], 0)}`).join(", ")}.`
      : "";
    return `On this problem: ${chosen.join(", ")}.${solved}`;
  },
};
