import { ByWidth, type Field, XAxis, YAxis } from "../drawing/axes";
import { scientific } from "../drawing/numbers";
import { linearScale, logScale } from "../drawing/scales";
import { dragGuess } from "./actions";
import { guessRange, guessStart } from "./guess-range";
import type { Look } from "./look";
import { address, draft, isRevealed, ownName } from "./state";

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

/** The losses that a picture spans: the larger run's only where it is shown. */
function spanOf(look: Look): { from: number; to: number } {
  if (isRevealed.value) {
    const losses = lossesOf(look);
    return { from: Math.min(...losses), to: Math.max(...losses) };
  }
  return {
    from: guessRange(look).from,
    to: Math.max(...look.runs.map(({ loss }) => loss)),
  };
}

/** The visitor's forecast, which can be dragged up and down until it is revealed. */
function OwnForecast({ look, place, field }: { look: Look; place: Place; field: Field }) {
  const larger = look.forecasts.find(({ isLarger }) => isLarger);
  const { guess } = address.state.value;
  const isOpen = !isRevealed.value;
  if (!larger || ownName.value !== undefined || (!isOpen && guess === 0)) return null;
  const loss = isOpen ? (draft.value ?? guessStart(look)) : guess;
  const { x, y } = place({ flops: larger.flops, loss });
  const { from, to } = spanOf(look);
  const drag = (event: PointerEvent) => {
    const svg = (event.currentTarget as SVGElement).ownerSVGElement!;
    const { top, height } = svg.getBoundingClientRect();
    const at = ((event.clientY - top) * HEIGHT) / height;
    dragGuess(from + ((to - from) * (field.bottom - at)) / (field.bottom - field.top));
  };
  return (
    <g
      class={isOpen ? "guess open" : "guess"}
      onPointerDown={
        isOpen
          ? (event) => {
              (event.currentTarget as SVGElement).setPointerCapture(event.pointerId);
              drag(event);
            }
          : undefined
      }
      onPointerMove={isOpen ? (event) => event.buttons > 0 && drag(event) : undefined}
    >
      {isOpen && (
        <rect x={x - 22} y={field.top} width={44} height={field.bottom - field.top} class="reach" />
      )}
      {isOpen && <line class="cut" x1={x} x2={x} y1={field.top} y2={field.bottom} />}
      <circle cx={x} cy={y} r="8" />
    </g>
  );
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
  const y = linearScale({ ...spanOf(look), start: field.bottom, end: field.top }, 6);
  const place: Place = (point) => ({ x: x.at(point.flops), y: y.at(point.loss) });
  const planned = place({ flops: plan.flops, loss: plan.loss!.value });
  const said = isRevealed.value
    ? `Held-out loss falls with compute. At ${scientific(plan.flops)} FLOPs the law foretells ${plan.loss!.value.toFixed(3)} ${unitNames[unit]}.`
    : `Held-out loss falls with compute: the best of each budget, and a ring for your forecast of a larger run.`;
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
      {isRevealed.value && <Line look={look} place={place} />}
      {optima.map((optimum) => (
        <circle
          key={optimum.flops}
          class="optimum"
          cx={place(optimum).x}
          cy={place(optimum).y}
          r="4"
        />
      ))}
      {isRevealed.value && (
        <>
          <Forecasts look={look} place={place} />
          <line class="cut" x1={planned.x} x2={planned.x} y1={field.top} y2={field.bottom} />
          <circle class="planned" cx={planned.x} cy={planned.y} r="6" />
        </>
      )}
      <OwnForecast look={look} place={place} field={field} />
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
