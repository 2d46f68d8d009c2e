import { ByWidth, type Field, XAxis, YAxis } from "../drawing/axes";
import { scientific } from "../drawing/numbers";
import { linearScale, logScale } from "../drawing/scales";
import type { Look } from "./look";

export const unitNames = { bpb: "bits per byte", loss: "nats per token" };

/** Pixels of a picture's height and around its field. */
const HEIGHT = 380;
const AROUND = { left: 44, right: 12, top: 28, bottom: 46 };

type Place = (point: { flops: number; loss: number }) => { x: number; y: number };

function Line({ look, place }: { look: Look; place: Place }) {
  const { line, budgets, hidden } = look;
  const largest = budgets.at(-1 - hidden)!;
  const path = (points: readonly { flops: number; loss: number }[]) =>
    points.map((point) => `${place(point).x.toFixed(1)},${place(point).y.toFixed(1)}`).join(" ");
  const all = line.map(({ flops, loss }) => ({ flops, loss: loss.value }));
  const seen = all.filter(({ flops }) => flops <= largest);
  const upper = line.map(({ flops, loss }) => ({ flops, loss: loss.upper ?? loss.value }));
  const lower = line.map(({ flops, loss }) => ({ flops, loss: loss.lower ?? loss.value }));
  return (
    <>
      <polygon class="band" points={path([...upper, ...lower.reverse()])} />
      <polyline class="line fine" points={path(seen)} />
      <polyline class="line fine ahead" points={path(all.slice(Math.max(0, seen.length - 1)))} />
    </>
  );
}

/** Forecasts of the law, beside the measurements. */
function Forecasts({ look, place }: { look: Look; place: Place }) {
  return (
    <>
      {look.forecasts.map(({ flops, predicted, measured }) => {
        const at = place({ flops, loss: predicted.value });
        const y = (loss: number | null) => (loss === null ? at.y : place({ flops, loss }).y);
        return (
          <g key={flops} class="forecast">
            <line x1={at.x} x2={at.x} y1={y(predicted.lower)} y2={y(predicted.upper)} />
            <circle class="measured" cx={at.x} cy={y(measured)} r="5" />
          </g>
        );
      })}
    </>
  );
}

/** Losses that a picture has to hold. */
function lossesOf({ runs, line, forecasts }: Look): number[] {
  return [
    ...runs.map(({ loss }) => loss),
    ...line.flatMap(({ loss }) => [loss.value, loss.lower ?? loss.value, loss.upper ?? loss.value]),
    ...forecasts.map(({ measured }) => measured),
  ];
}

/** Runs and law over compute, at a width in pixels. */
export function LossPlot({ look, width }: { look: Look; width: number }) {
  const { runs, optima, line, plan, unit } = look;
  const field: Field = {
    left: AROUND.left,
    right: width - AROUND.right,
    top: AROUND.top,
    bottom: HEIGHT - AROUND.bottom,
  };
  const flops = line.map((one) => one.flops);
  const ends = { from: Math.min(...flops) / 1.3, to: Math.max(...flops) * 1.3 };
  const x = logScale({ ...ends, start: field.left, end: field.right }, width / 70);
  const losses = lossesOf(look);
  const [from, to] = [Math.min(...losses), Math.max(...losses)];
  const y = linearScale({ from, to, start: field.bottom, end: field.top }, 6);
  const place: Place = (point) => ({ x: x.at(point.flops), y: y.at(point.loss) });
  const planned = place({ flops: plan.flops, loss: plan.loss!.value });
  const said = `Held-out loss falls with compute. At ${scientific(plan.flops)} FLOPs the law foretells ${plan.loss!.value.toFixed(3)} ${unitNames[unit]}.`;
  return (
    <svg class="plot scaling" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={said}>
      <YAxis scale={y} field={field} label={`held-out loss, ${unitNames[unit]}`} />
      <XAxis scale={x} field={field} label="training compute, FLOPs" />
      {runs.map((run, i) => (
        <circle
          key={i}
          class={run.isHidden ? "run hidden-run" : "run"}
          cx={place(run).x}
          cy={place(run).y}
          r="2.5"
        />
      ))}
      <Line look={look} place={place} />
      {optima.map((optimum) => (
        <circle
          key={optimum.flops}
          class="optimum"
          cx={place(optimum).x}
          cy={place(optimum).y}
          r="4"
        />
      ))}
      <Forecasts look={look} place={place} />
      <line class="cut" x1={planned.x} x2={planned.x} y1={field.top} y2={field.bottom} />
      <circle class="planned" cx={planned.x} cy={planned.y} r="6" />
    </svg>
  );
}

/** Runs and law over compute, with the budget that is planned. */
export const LossPicture = ({ look }: { look: Look }) => (
  <ByWidth>{(width) => <LossPlot look={look} width={width} />}</ByWidth>
);

/** The same small, for the page's card. */
export function LawPicture({ look }: { look: Look }) {
  const [width, height, edge] = [240, 110, 8];
  const flops = look.line.map((one) => one.flops);
  const losses = look.line.map(({ loss }) => loss.value);
  const x = logScale(
    { from: Math.min(...flops), to: Math.max(...flops), start: edge, end: width - edge },
    3,
  );
  const y = linearScale(
    { from: Math.min(...losses), to: Math.max(...losses), start: height - edge, end: edge },
    3,
  );
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="Loss falls with compute along a law"
    >
      <polyline
        class="line fine"
        points={look.line.map(({ flops: c, loss }) => `${x.at(c)},${y.at(loss.value)}`).join(" ")}
      />
      {look.optima.map((one) => (
        <circle key={one.flops} class="line-dot" cx={x.at(one.flops)} cy={y.at(one.loss)} r="4" />
      ))}
    </svg>
  );
}
