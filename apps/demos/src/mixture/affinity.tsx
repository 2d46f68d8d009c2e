import { chooseExperts } from "./choose-experts";
import { address, shown } from "./state";

const [WIDTH, HEIGHT] = [300, 150];
const EDGE = { left: 30, right: 6, top: 8, bottom: 22 };

/** The experts of a layer by their share of the task, the largest first, as a sum that grows; a line at p. */
export function LayerPicture({
  layer,
  scores,
  p,
}: {
  layer: number;
  scores: readonly number[];
  p: number;
}) {
  const sorted = [...scores].sort((a, b) => b - a);
  const sums = sorted.map((_, i) => sorted.slice(0, i + 1).reduce((a, b) => a + b, 0));
  const count = chooseExperts([[...scores]], p)[0]!.length;
  const slot = (WIDTH - EDGE.left - EDGE.right) / sums.length;
  const y = (share: number) => EDGE.top + (HEIGHT - EDGE.top - EDGE.bottom) * (1 - share);
  const label = `Layer ${layer + 1}: ${count} of ${scores.length} experts have ${Math.round(100 * sums[count - 1]!)} % of the task's choices`;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {sums.map((sum, i) => (
        <rect
          key={i}
          class={i < count ? "chosen" : "left"}
          x={EDGE.left + i * slot + 0.5}
          width={slot - 1}
          y={y(sum)}
          height={y(0) - y(sum)}
        />
      ))}
      <line class="cut" x1={EDGE.left} x2={WIDTH - EDGE.right} y1={y(p)} y2={y(p)} />
      <text x={EDGE.left - 5} y={y(p) + 4} text-anchor="end">
        p
      </text>
      <text x={EDGE.left} y={HEIGHT - 6}>
        Layer {layer + 1}
      </text>
      <text x={WIDTH - EDGE.right} y={HEIGHT - 6} text-anchor="end">
        {count} of {scores.length} experts
      </text>
    </svg>
  );
}

/** The shares of all layers. */
export function Affinity() {
  const { p } = address.state.value;
  return (
    <div class="columns">
      {shown.scores.value.map((scores, layer) => (
        <figure key={layer} class="affinity">
          <LayerPicture layer={layer} scores={scores} p={p} />
        </figure>
      ))}
    </div>
  );
}
