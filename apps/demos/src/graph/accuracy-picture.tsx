import { type Accuracies, RUNS, type Way, ways } from "./ways";

const [WIDTH, HEIGHT, EDGE] = [420, 110, 10];
const ROWS: Record<Way, number> = { equal: 40, renode: 92 };
const names: Record<Way, string> = { equal: "Equal weights", renode: "ReNode’s weights" };

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const percent = (share: number) => `${(100 * share).toFixed(1)}\u00a0%`;

/** The trainings of both ways as dots on one scale, equal ones above each other, and their means. */
export function AccuracyPicture({ accuracies }: { accuracies: Accuracies }) {
  const all = ways.flatMap((way) => [...accuracies[way]]);
  const low = Math.min(0.9, Math.floor(10 * Math.min(...all)) / 10);
  const x = (share: number) => EDGE + ((WIDTH - 2 * EDGE) * (share - low)) / (1 - low);
  const done = ways.filter((way) => accuracies[way].length > 0);
  const said = done
    .map((way) => `${names[way]}: ${percent(mean(accuracies[way]))} on average`)
    .join("; ");
  return (
    <figure class="accuracy">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT + 14}`}
        role="img"
        aria-label={`Unlabelled nodes right. ${said}`}
      >
        {done.map((way) => {
          const y = ROWS[way];
          const own = accuracies[way];
          return (
            <g key={way} class={way}>
              <text x={EDGE} y={y - 22}>
                {names[way]}
              </text>
              <text x={WIDTH - EDGE} y={y - 22} text-anchor="end">
                {percent(mean(own))}
              </text>
              <line class="track" x1={EDGE} x2={WIDTH - EDGE} y1={y} y2={y} />
              {own.map((share, run) => {
                const before = own.slice(0, run).filter((other) => other === share).length;
                return <circle key={run} cx={x(share)} cy={y - 1.6 * before} r="4" />;
              })}
              <line class="mean" x1={x(mean(own))} x2={x(mean(own))} y1={y - 16} y2={y + 6} />
            </g>
          );
        })}
        <text x={EDGE} y={HEIGHT + 10}>
          {percent(low)}
        </text>
        <text x={WIDTH - EDGE} y={HEIGHT + 10} text-anchor="end">
          100 %
        </text>
      </svg>
      <figcaption>
        Unlabelled nodes that a GCN classifies right, {RUNS} trainings each from the same weights.
      </figcaption>
    </figure>
  );
}
