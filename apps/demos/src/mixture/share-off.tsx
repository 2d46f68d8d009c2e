import { Slider } from "../shell/controls";
import { switchBusiest } from "./actions";
import { countOff, EIGHTHS, MOST_EIGHTHS } from "./busiest";
import { DropPicture } from "./drop-picture";
import { sizes } from "./pair-names";
import { eighthsOff, shown } from "./state";

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** A sentence: the loss that a share of the experts costs each model. */
function consequence(eighths: number | undefined): string {
  if (eighths === undefined)
    return "Some experts are off by choice, so the curve has no point for them; the slider takes the busiest of both models.";
  const { coarse, fine } = shown.drops.value!;
  if (eighths === 0)
    return `All experts on: ${coarse[0]!.toFixed(3)} nats per letter with coarse experts, ${fine[0]!.toFixed(3)} with fine ones.`;
  const part = (kind: "coarse" | "fine", { [kind]: drops } = shown.drops.value!) =>
    `${countOff(kind, eighths)} of ${sizes[kind].experts} ${kind} experts off: ${signed(drops[eighths]! - drops[0]!)} nats per letter`;
  return `${part("coarse")}; ${part("fine")}.`;
}

/** The share of the experts that are off in both models at once, and the loss over it. */
export function ShareOff() {
  const eighths = eighthsOff.value;
  return (
    <>
      <div class="panel">
        <Slider
          id="share-off"
          name="Share of the experts off, busiest first:"
          said={eighths === undefined ? "own choice" : `${(100 * eighths) / EIGHTHS} %`}
          value={eighths ?? 0}
          range={[0, MOST_EIGHTHS, 1]}
          onChange={switchBusiest}
        />
      </div>
      <p id="consequence" role="status">
        {consequence(eighths)}
      </p>
      <figure class="wide">
        <DropPicture drops={shown.drops.value!} eighths={eighths} />
        <figcaption>
          <span class="swatch coarse" />8 coarse experts, <span class="swatch fine" />
          31 fine ones; the shared expert stays on. The steeper a curve, the less the other experts
          of its layer can stand in.
        </figcaption>
      </figure>
    </>
  );
}
