import type { JudgedClaim } from "@deepgrain/lab";
import { decimal, shorten } from "@deepgrain/support/pages";

const WIDTH = 240;
const [LEFT, RIGHT] = [6, 234];
const ROWS = [20, 52];
/** Letters of a name that fit beside its number. */
const LONGEST = 32;
/** Standard errors to each side of a mean. */
const WHISKER = 1.96;

/** The two sides of a claim as dots with 95 % whiskers on one scale. */
export function ClaimPicture({ claim }: { claim: JudgedClaim }) {
  const sides = [claim.lower, claim.higher].map(({ subject, mean, standardError }) => ({
    subject,
    mean: mean ?? 0,
    error: WHISKER * (standardError ?? 0),
  }));
  const low = Math.min(...sides.map(({ mean, error }) => mean - error));
  const high = Math.max(...sides.map(({ mean, error }) => mean + error));
  const x = (value: number) =>
    high === low ? (LEFT + RIGHT) / 2 : LEFT + ((RIGHT - LEFT) * (value - low)) / (high - low);
  const said = sides.map(({ subject, mean }) => `${subject} ${decimal(mean)}`).join(", ");
  return (
    <figure class="claim">
      <svg viewBox={`0 0 ${WIDTH} 62`} role="img" aria-label={`${claim.higher.measure}: ${said}`}>
        {sides.map(({ subject, mean, error }, i) => {
          const y = ROWS[i]!;
          return (
            <g key={subject} class={i === 0 ? "side-low" : "side-high"}>
              <line class="track" x1={LEFT} x2={RIGHT} y1={y} y2={y} />
              <line class="whisker" x1={x(mean - error)} x2={x(mean + error)} y1={y} y2={y} />
              <circle cx={x(mean)} cy={y} r="4.5" />
              <text x={LEFT} y={y - 9}>
                {shorten(subject, LONGEST)}
              </text>
              <text x={RIGHT} y={y - 9} text-anchor="end">
                {decimal(mean)}
              </text>
            </g>
          );
        })}
      </svg>
      <figcaption>{claim.higher.measure}</figcaption>
    </figure>
  );
}
