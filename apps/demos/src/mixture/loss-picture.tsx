import { XAxis, YAxis } from "../drawing/axes";
import { linearScale } from "../drawing/scales";
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

const [PLOT_WIDTH, PLOT_HEIGHT] = [400, 280];
const FIELD = { left: 44, right: PLOT_WIDTH - 12, top: 28, bottom: PLOT_HEIGHT - 46 };

/** The same with its scales, for files. */
export function TrainingPlot({ curve }: Pick<RecordedMixture, "curve">) {
  const { left, right, top, bottom } = FIELD;
  const all = curve.flatMap(({ losses }) => kinds.map((kind) => losses[kind]));
  const span = { from: Math.min(...all), to: Math.max(...all) };
  const x = linearScale({ from: 0, to: curve.at(-1)!.step, start: left, end: right }, 5);
  const y = linearScale({ ...span, start: bottom, end: top }, 5);
  return (
    <svg
      class="plot"
      viewBox={`0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}`}
      role="img"
      aria-label="Held-out loss of both models over training"
    >
      <YAxis scale={y} field={FIELD} label="held-out loss, nats per letter" />
      <XAxis scale={x} field={FIELD} label="steps of training" text={String} />
      {kinds.map((kind) => (
        <polyline
          key={kind}
          class={`line ${kind}`}
          points={curve.map(({ step, losses }) => `${x.at(step)},${y.at(losses[kind])}`).join(" ")}
        />
      ))}
    </svg>
  );
}
