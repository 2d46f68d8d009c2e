import { percentText, signedText } from "../drawing/numbers";
import { type Accuracies, gainsOf, mean, RUNS, ways } from "./ways";

const [WIDTH, HEIGHT, EDGE, LINE] = [420, 96, 14, 56];
/** Student's t for an interval of 95 % over ten starts. */
const T = 2.262;
const names = { equal: "Equal weights", renode: "ReNode’s weights" };

/** The mean of gains, and half of its interval's width where all starts are there. */
function meanOf(gains: readonly number[]) {
  const middle = mean(gains);
  const variance = gains.reduce((sum, gain) => sum + (gain - middle) ** 2, 0) / (RUNS - 1);
  return { middle, half: gains.length === RUNS ? T * Math.sqrt(variance / RUNS) : 0 };
}

/** The gain by ReNode's weights from each start, as dots, and the mean with its interval. */
export function GainPicture({ accuracies }: { accuracies: Accuracies }) {
  const gains = gainsOf(accuracies);
  const { middle, half } = gains.length > 0 ? meanOf(gains) : { middle: 0, half: 0 };
  const most = Math.max(0.05, ...gains.map(Math.abs), Math.abs(middle) + half);
  const x = (gain: number) => WIDTH / 2 + ((WIDTH / 2 - EDGE) * gain) / most;
  const points = (gain: number) => signedText(100 * gain, 1);
  const said = ways
    .filter((way) => accuracies[way].length > 0)
    .map((way) => `${names[way]}: ${percentText(mean(accuracies[way]))}`)
    .join("; ");
  return (
    <figure class="accuracy">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Gain of ReNode’s weights from each start: ${points(middle)} points on average, give or take ${(100 * half).toFixed(1)}. ${said}`}
      >
        <text x={EDGE} y={18}>
          ← equal weights are better
        </text>
        <text x={WIDTH - EDGE} y={18} text-anchor="end">
          ReNode’s are better →
        </text>
        <line class="track" x1={EDGE} x2={WIDTH - EDGE} y1={LINE} y2={LINE} />
        <line class="track" x1={x(0)} x2={x(0)} y1={26} y2={LINE + 14} />
        <g class="renode">
          {gains.map((gain, run) => {
            const before = gains.slice(0, run).filter((other) => other === gain).length;
            return <circle key={run} cx={x(gain)} cy={LINE - 1.6 * before} r="4" />;
          })}
          <line
            class="mean"
            x1={x(middle - half)}
            x2={x(middle + half)}
            y1={LINE + 10}
            y2={LINE + 10}
          />
          <circle cx={x(middle)} cy={LINE + 10} r="5" />
        </g>
        <text x={x(0)} y={HEIGHT - 6} text-anchor="middle">
          no difference
        </text>
        <text x={WIDTH - EDGE} y={HEIGHT - 6} text-anchor="end">
          {points(most)} points
        </text>
      </svg>
      <figcaption>
        Unlabelled nodes that a network classifies right: {said}. A dot is the difference of two
        trainings from the same start; below them the mean of {RUNS} and its interval of 95 %.
      </figcaption>
    </figure>
  );
}
