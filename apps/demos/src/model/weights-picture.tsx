import type { Description } from "./open-model";

const [WIDTH, BAR, SLOT] = [240, 22, 30];

const parts = [
  ["embeddings", "embeddings"],
  ["attention", "attention"],
  ["dense", "feed-forward"],
  ["experts", "experts"],
] as const;

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** Shares of a model's weights that lie in its parts, as bars. */
export function WeightsPicture({ weights }: Pick<Description, "weights">) {
  const shares = parts
    .map(([part, name]) => ({ name, share: weights[part] / weights.total }))
    .filter(({ share }) => share > 0);
  const said = shares.map(({ name, share }) => `${name} ${percent(share)}`).join(", ");
  return (
    <svg
      class="weights"
      viewBox={`0 0 ${WIDTH} ${shares.length * SLOT}`}
      role="img"
      aria-label={`Where its weights lie: ${said}`}
    >
      {shares.map(({ name, share }, i) => (
        <g key={name} transform={`translate(0 ${i * SLOT})`}>
          <rect class="whole" width={WIDTH} height={BAR} rx="3" />
          <rect class="part" width={WIDTH * share} height={BAR} rx="3" />
          <text x="6" y={BAR / 2 + 4}>
            {name} {percent(share)}
          </text>
        </g>
      ))}
    </svg>
  );
}
