import { FlowPicture } from "./flow-picture";
import { LoyaltyBars } from "./loyalty-bars";
import { percent } from "./moved";
import { type ModelName, modelTitles } from "./names";
import { address, shown } from "./state";

const whats: Record<ModelName, string> = {
  anchors: "trained so that equal words find each other",
  control: "as good, but label words are no anchors to it",
};

/** One model: the answers that stay under the chosen cut, and under all cuts. */
export function ModelView({ model }: { model: ModelName }) {
  const look = shown.value!.looks[model];
  const { where, layers } = address.state.value;
  const chosen = look.cuts.find((cut) => cut.where === where && cut.layers === layers);
  return (
    <article class="model" aria-labelledby={`${model}-name`}>
      <h3 id={`${model}-name`}>
        <span class={`swatch ${model}`} />
        {modelTitles[model]}
      </h3>
      <p class="muted">{whats[model]}</p>
      <p class="number">
        <strong id={`${model}-loyalty`}>{percent(chosen?.labelLoyalty ?? 1)}</strong>{" "}
        <span class="muted">
          of answers stay; {percent(chosen?.accuracy ?? look.accuracy)} are right, without a cut{" "}
          {percent(look.accuracy)}
        </span>
      </p>
      <div class={`of-${model}`}>
        <LoyaltyBars cuts={look.cuts} chosen={chosen} />
      </div>
    </article>
  );
}

/** The flow of one model, layer by layer. */
export function ModelFlow({ model }: { model: ModelName }) {
  const { where, layers } = address.state.value;
  return (
    <div>
      <p class="muted">
        <span class={`swatch ${model}`} />
        {modelTitles[model]}
      </p>
      <FlowPicture flow={shown.value!.looks[model].flow} where={where} layers={layers} />
    </div>
  );
}
