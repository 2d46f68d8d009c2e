import type { Quote } from "../share/quote";
import { LoyaltyBars } from "./loyalty-bars";
import { cutOf, percent, stays } from "./moved";
import { type ModelName, modelNames } from "./names";
import { address, shown } from "./state";

const names: Record<ModelName, string> = {
  anchors: "reads label words",
  control: "does without",
};

const now = () => ({ ...shown.value!, of: address.state.value });

/** The two models as they are quoted. */
export const quote: Quote = {
  pictures: () =>
    modelNames.map((model) => ({
      picture: (
        <g class={`of-${model}`}>
          <LoyaltyBars cuts={shown.value!.looks[model].cuts} chosen={cutOf(now(), model)} />
        </g>
      ),
      caption: `A model that ${names[model]}: answers that stay, by the layers cut`,
    })),
  settings() {
    const { target, where, layers, seed } = address.state.value;
    return `${target === "labels" ? "label words" : "random words"} cut off in the ${where} ${layers} layers, seed ${seed}`;
  },
  outcome() {
    const said = modelNames.map((model) => {
      const share = percent(stays(now())[model]);
      return `${share} where it ${names[model]}`;
    });
    return `Answers that stay: ${said.join(", ")}.`;
  },
};
