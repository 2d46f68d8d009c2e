import { logTicks } from "@deepgrain/support/pages";

/** Where values lie in a picture. */
export interface Scale {
  /** @returns pixels */
  at(value: number): number;
  ticks: number[];
}

/** The range of a scale. */
export interface Span {
  from: number;
  to: number;
  /** Pixels of these. */
  start: number;
  end: number;
}

/** Steps between ticks, of which the smallest with few enough is taken. */
const STEPS = [1, 2, 2.5, 5, 10];

function evenTicks(from: number, to: number, most: number): number[] {
  const rough = (to - from) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * STEPS.find((one) => one * power >= rough)!;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

/** @param most ticks */
export function linearScale({ from, to, start, end }: Span, most: number): Scale {
  const [low, high] = from === to ? [from - 0.5, to + 0.5] : [from, to];
  return {
    at: (value) => start + ((end - start) * (value - low)) / (high - low),
    ticks: evenTicks(low, high, most),
  };
}

/** @param most ticks */
export function logScale({ from, to, start, end }: Span, most: number): Scale {
  const [low, high] = [Math.log10(from), Math.log10(to)];
  const decades = Array.from(
    { length: Math.floor(high + 1e-9) - Math.ceil(low - 1e-9) + 1 },
    (_, i) => 10 ** (Math.ceil(low - 1e-9) + i),
  );
  const every = Math.ceil(decades.length / most);
  const ticks =
    decades.length > 2
      ? decades.filter((_, i) => i % every === 0)
      : (logTicks([from, to], most) ?? []).filter((tick) => tick >= from && tick <= to);
  return {
    at: (value) => start + ((end - start) * (Math.log10(value) - low)) / (high - low),
    ticks,
  };
}
