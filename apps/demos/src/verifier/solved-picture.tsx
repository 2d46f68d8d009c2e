import { ByWidth, XAxis, YAxis } from "../drawing/axes";
import { percentText } from "../drawing/numbers";
import { linearScale, logScale } from "../drawing/scales";
import { ways } from "./choose";
import { MOST } from "./limits";
import type { Curve } from "./session";

const HEIGHT = 280;

/** Problems solved over the number of solutions, at a width in pixels. */
export function SolvedPlot({ curve, n, width }: { curve: Curve; n: number; width: number }) {
  const field = { left: 44, right: width - 12, top: 28, bottom: HEIGHT - 46 };
  const x = logScale({ from: 1, to: MOST, start: field.left, end: field.right }, 6);
  const all = curve.flatMap(({ solved }) => ways.map((way) => solved[way]));
  const span = { from: Math.min(...all), to: Math.max(...all) };
  const y = linearScale({ ...span, start: field.bottom, end: field.top }, 5);
  const last = curve.at(-1);
  const said = last
    ? `Of 60 problems, with ${last.n} solutions each, votes solve ${percentText(last.solved.majority, 0)} and the verifier ${percentText(last.solved.weighted, 0)}.`
    : "";
  return (
    <svg class="plot" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={said}>
      <YAxis
        scale={y}
        field={field}
        label="% of 60 problems solved"
        text={(share) => `${Math.round(100 * share)}`}
      />
      <XAxis
        scale={{ ...x, ticks: curve.map((one) => one.n) }}
        field={field}
        label="solutions written, N"
        text={String}
      />
      {ways.map((way) => (
        <polyline
          key={way}
          class={`line ${way}`}
          points={curve.map((one) => `${x.at(one.n)},${y.at(one.solved[way])}`).join(" ")}
        />
      ))}
      <line class="cut" x1={x.at(n)} x2={x.at(n)} y1={field.top} y2={field.bottom} />
    </svg>
  );
}

/** Problems solved by votes and by the verifier, over the number of solutions. */
export const SolvedPicture = ({ curve, n }: { curve: Curve; n: number }) => (
  <ByWidth>{(width) => <SolvedPlot curve={curve} n={n} width={width} />}</ByWidth>
);

/** The same small, for the page's card. */
export function ChoicePicture({ curve }: { curve: Curve }) {
  const [width, height, edge] = [240, 110, 8];
  const all = curve.flatMap(({ solved }) => ways.map((way) => solved[way]));
  const x = logScale({ from: 1, to: MOST, start: edge, end: width - edge }, 6);
  const span = { from: Math.min(...all), to: Math.max(...all) };
  const y = linearScale({ ...span, start: height - edge, end: edge }, 5);
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="With more solutions, the verifier solves more problems than votes do"
    >
      {ways.map((way) => (
        <polyline
          key={way}
          class={`line ${way === "majority" ? "coarse" : "fine"}`}
          points={curve.map((one) => `${x.at(one.n)},${y.at(one.solved[way])}`).join(" ")}
        />
      ))}
    </svg>
  );
}
