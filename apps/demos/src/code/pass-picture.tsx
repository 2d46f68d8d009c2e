import { ByWidth, XAxis, YAxis } from "../drawing/axes";
import { percentText } from "../drawing/numbers";
import { linearScale } from "../drawing/scales";

/** Held-out pass@1 while a policy learns from tests, from 0 to 1; step 0 is before. */
export type PassCurve = readonly { step: number; passAt1: number }[];

const HEIGHT = 280;

/** The mean of seeds at each step. */
export const meanCurve = (curves: readonly PassCurve[]): PassCurve =>
  curves[0]!.map(({ step }, i) => ({
    step,
    passAt1: curves.reduce((sum, curve) => sum + curve[i]!.passAt1, 0) / curves.length,
  }));

/** Passing programs over the training, at a width in pixels. */
export function PassPlot({ curves, width }: { curves: readonly PassCurve[]; width: number }) {
  const field = { left: 44, right: width - 12, top: 28, bottom: HEIGHT - 46 };
  const mean = meanCurve(curves);
  const [first, last] = [mean[0]!, mean.at(-1)!];
  const x = linearScale({ from: 0, to: last.step, start: field.left, end: field.right }, 5);
  const y = linearScale({ from: 0, to: 1, start: field.bottom, end: field.top }, 5);
  const points = (curve: PassCurve) =>
    curve.map(({ step, passAt1 }) => `${x.at(step)},${y.at(passAt1)}`).join(" ");
  const said = `Held-out pass@1, mean of ${curves.length} seeds: ${percentText(first.passAt1)} before GRPO, ${percentText(last.passAt1)} after ${last.step} steps`;
  return (
    <svg class="plot" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={said}>
      <YAxis
        scale={y}
        field={field}
        label="pass@1, %"
        text={(share) => `${Math.round(100 * share)}`}
      />
      <XAxis scale={x} field={field} label="steps of GRPO on full tests" text={String} />
      {curves.map((curve, i) => (
        <polyline key={i} class="line of-seed" points={points(curve)} />
      ))}
      <polyline class="line of-mean" points={points(mean)} />
      <circle class="policy before" cx={x.at(0)} cy={y.at(first.passAt1)} r="5" />
      <circle class="policy after" cx={x.at(last.step)} cy={y.at(last.passAt1)} r="5" />
    </svg>
  );
}

/** pass@1 over the training, a faint line per seed and their mean. */
export const PassPicture = ({ curves }: { curves: readonly PassCurve[] }) => (
  <ByWidth>{(width) => <PassPlot curves={curves} width={width} />}</ByWidth>
);

/** The mean alone, for the page's card. */
export function RisePicture({ curves }: { curves: readonly PassCurve[] }) {
  const [width, height, edge] = [240, 110, 8];
  const mean = meanCurve(curves);
  const x = linearScale({ from: 0, to: mean.at(-1)!.step, start: edge, end: width - edge }, 2);
  const y = linearScale({ from: 0.4, to: 1, start: height - edge, end: edge }, 2);
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="The share of programs that pass rises while the policy learns from tests"
    >
      <polyline
        class="line fine"
        points={mean.map(({ step, passAt1 }) => `${x.at(step)},${y.at(passAt1)}`).join(" ")}
      />
    </svg>
  );
}
