import type { Quote } from "../share/quote";
import { LoyaltyBars } from "./loyalty-bars";
import { type ModelName, modelNames } from "./names";
import { address, shown } from "./state";

const names: Record<ModelName, string> = {
  anchors: "reads label words",
  control: "does without",
};

const cutOf = (model: ModelName) => {
  const { where, layers } = address.state.value;
  return shown.looks.value![model].cuts.find((cut) => cut.where === where && cut.layers === layers);
};

/** The two models as they are quoted. */
export const quote: Quote = {
  pictures: () =>
    modelNames.map((model) => ({
      picture: (
        <g class={`of-${model}`}>
          <LoyaltyBars cuts={shown.looks.value![model].cuts} chosen={cutOf(model)} />
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
      const loyalty = cutOf(model)?.labelLoyalty ?? 1;
      return `${Math.round(100 * loyalty)}\u00a0% where it ${names[model]}`;
    });
    return `Answers that stay: ${said.join(", ")}.`;
  },
};
