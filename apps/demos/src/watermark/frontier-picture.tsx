import { ByWidth, type Field, XAxis, YAxis } from "../drawing/axes";
import { percentText } from "../drawing/numbers";
import { linearScale } from "../drawing/scales";
import { type Both, schemes } from "./names";
import type { FrontierPoint } from "./recorded";

const HEIGHT = 230;

/** The place of a strength on a scheme's line; undefined outside of what was measured. */
export function pointAt(
  points: readonly FrontierPoint[],
  strength: number,
): Pick<FrontierPoint, "bitsDeleted" | "nats"> | undefined {
  const after = points.findIndex((point) => point.strength >= strength);
  const [low, high] = [points[after - 1] ?? points[after], points[after]];
  if (!low || !high || low.strength > strength || high.strength < strength) return undefined;
  const part = low === high ? 0 : (strength - low.strength) / (high.strength - low.strength);
  const between = (name: "bitsDeleted" | "nats") => low[name] + part * (high[name] - low[name]);
  return { bitsDeleted: between("bitsDeleted"), nats: between("nats") };
}

function Picture({
  frontier,
  strength,
  width,
}: {
  frontier: Both<FrontierPoint[]>;
  strength: number;
  width: number;
}) {
  const field: Field = { left: 44, right: width - 24, top: 28, bottom: HEIGHT - 46 };
  const all = schemes.flatMap((scheme) => frontier[scheme]);
  const span = (name: "bitsDeleted" | "nats") => {
    const values = all.map((point) => point[name]);
    return { from: Math.min(...values), to: Math.max(...values) };
  };
  const x = linearScale({ ...span("bitsDeleted"), start: field.left, end: field.right }, 5);
  const y = linearScale({ ...span("nats"), start: field.bottom, end: field.top }, 5);
  return (
    <svg
      class="plot frontier"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={`What a text costs over the share of the message's bits that are read from it with a quarter of the words deleted, at ${frontier.plain.length} strengths of the mark, for both schemes; lower is better`}
    >
      <YAxis scale={y} field={field} label="nats per token to the unmarked model" />
      <XAxis
        scale={x}
        field={field}
        label="bits read right with a quarter of the words deleted"
        text={(share) => percentText(share, 0)}
      />
      {schemes.map((scheme) => {
        const points = frontier[scheme];
        const now = pointAt(points, strength);
        return (
          <g key={scheme} class={`frontier-${scheme}`}>
            <polyline
              class="line"
              points={points
                .map(({ bitsDeleted, nats }) => `${x.at(bitsDeleted)},${y.at(nats)}`)
                .join(" ")}
            />
            {points.map((point) => (
              <circle
                key={point.strength}
                cx={x.at(point.bitsDeleted)}
                cy={y.at(point.nats)}
                r="3"
              />
            ))}
            {now && <circle class="now" cx={x.at(now.bitsDeleted)} cy={y.at(now.nats)} r="7" />}
          </g>
        );
      })}
    </svg>
  );
}

/** Text quality over detection at several strengths, for both schemes. @param strength that is marked */
export const FrontierPicture = (props: { frontier: Both<FrontierPoint[]>; strength: number }) => (
  <ByWidth>{(width) => <Picture {...props} width={width} />}</ByWidth>
);
