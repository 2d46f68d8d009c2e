import { Slider } from "../shell/controls";
import { switchBusiest } from "./actions";
import { EIGHTHS, MOST_EIGHTHS } from "./busiest";
import { DropPicture } from "./drop-picture";
import { eighthsOff, shown } from "./state";

/** The share of the experts that are off in both models at once. */
export function ShareOff() {
  const eighths = eighthsOff.value;
  return (
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
  );
}

/** The loss over that share. */
export function Drops() {
  return (
    <figure class="wide" id="drops-part">
      <DropPicture drops={shown.drops.value!} eighths={eighthsOff.value} />
      <figcaption>
        <span class="swatch coarse" />8 coarse experts, <span class="swatch fine" />
        31 fine ones; the shared expert stays on. The steeper a curve, the less the other experts of
        its layer can stand in.
      </figcaption>
    </figure>
  );
}
