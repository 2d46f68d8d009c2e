import { scientific } from "../drawing/numbers";
import type { Quote } from "../share/quote";
import { LossPlot, unitNames } from "./loss-picture";
import { address, ownName, shown } from "./state";

/** The law and its plan as they are quoted. */
export const quote: Quote = {
  pictures: () => [
    {
      picture: <LossPlot look={shown.value!} width={400} />,
      caption:
        "Held-out loss over compute, lower is better: runs, the law through the best, the plan",
    },
  ],
  settings() {
    const { budget, hidden } = address.state.value;
    const table = ownName.value ?? "the study’s runs";
    return `${scientific(10 ** budget)} FLOPs, ${hidden} of the largest budgets hidden, ${table}`;
  },
  outcome() {
    const { plan, unit } = shown.value!;
    return `The law foretells ${plan.loss!.value.toFixed(3)} ${unitNames[unit]} at ${scientific(plan.flops)} FLOPs.`;
  },
};
