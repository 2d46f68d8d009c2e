import { kinds } from "./pair-names";
import type { RecordedMixture } from "./recorded";

const [WIDTH, HEIGHT, EDGE] = [240, 110, 8];

/** The held-out losses of both models as two lines, for a small picture of the page. */
export function LossPicture({ curve }: Pick<RecordedMixture, "curve">) {
  const all = curve.flatMap(({ losses }) => kinds.map((kind) => losses[kind]));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const last = curve.at(-1)!.step;
  const x = (step: number) => EDGE + ((WIDTH - 2 * EDGE) * step) / last;
  const y = (loss: number) => EDGE + ((HEIGHT - 2 * EDGE) * (high - loss)) / (high - low);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label="Held-out loss of both models falls"
    >
      {kinds.map((kind) => (
        <polyline
          key={kind}
          class={`line ${kind}`}
          points={curve.map(({ step, losses }) => `${x(step)},${y(losses[kind])}`).join(" ")}
        />
      ))}
    </svg>
  );
}
