import type { Cut, Look } from "./look";
import { ends, LAYERS } from "./names";

const [WIDTH, HEIGHT, SLOT] = [340, 96, 36];
const TOP = 8;
const LOW = 64;

/** Loyalty under every cut as bars, those of the first layers and those of the last; one stands out. */
export function LoyaltyBars({ cuts, chosen }: Pick<Look, "cuts"> & { chosen: Cut | undefined }) {
  const said = cuts
    .map(
      ({ where, layers, labelLoyalty }) =>
        `${where} ${layers}: ${Math.round(100 * labelLoyalty)} %`,
    )
    .join(", ");
  return (
    <svg
      class="loyalties"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Answers that stay, by the layers cut. ${said}`}
    >
      {ends.map((where, side) => {
        const left = side * (WIDTH / 2 + 6);
        return (
          <g key={where}>
            {cuts
              .filter((cut) => cut.where === where)
              .map((cut) => {
                const height = (LOW - TOP) * cut.labelLoyalty;
                const x = left + (cut.layers - 1) * SLOT;
                return (
                  <g key={cut.layers}>
                    <rect class="track" x={x} y={TOP} width={SLOT - 6} height={LOW - TOP} />
                    <rect
                      class={cut === chosen ? "bar chosen" : "bar"}
                      x={x}
                      y={LOW - height}
                      width={SLOT - 6}
                      height={height}
                    />
                    <text x={x + (SLOT - 6) / 2} y={LOW + 13} text-anchor="middle">
                      {cut.layers}
                    </text>
                  </g>
                );
              })}
            <text x={left + (LAYERS * SLOT - 6) / 2} y={HEIGHT - 4} text-anchor="middle">
              {where} layers cut
            </text>
          </g>
        );
      })}
    </svg>
  );
}
