import { percentText } from "../drawing/numbers";
import type { Quote } from "../share/quote";
import { GroupPlot } from "./accuracy-picture";
import { methodNames, methods } from "./names";
import { address, growing, whole } from "./state";

const run = () => growing.value ?? whole.value!.run;

/** The federations as they are quoted. */
export const quote: Quote = {
  pictures() {
    const rounds = Math.max(address.state.value.rounds, run().rounds.length);
    return [
      {
        picture: <GroupPlot group="tail" run={run()} rounds={rounds} />,
        caption:
          "Right answers on the rare digits 7 to 9: FedAvg (orange, dashed), RedGrape (blue)",
      },
    ];
  },
  settings() {
    const { ratio, second, rounds, seed } = address.state.value;
    return `imbalance ${ratio}, second head ${second}, ${rounds} rounds, seed ${seed}`;
  },
  outcome() {
    const { rounds } = run();
    const last = rounds.at(-1);
    if (!last) return "No round is over yet.";
    const said = methods.map((method) => {
      const { accuracy, tail } = last[method];
      return `${methodNames[method]} ${percentText(accuracy)}, on rare digits ${percentText(tail)}`;
    });
    return `Right after round ${rounds.length}: ${said.join("; ")}.`;
  },
};
