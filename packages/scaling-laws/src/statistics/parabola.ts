/** A parabola y = level + curvature·(x − vertex)², kept as centre + c0 + c1·t + c2·t² with t = x − centre. */
export interface Parabola {
  centre: number;
  c0: number;
  c1: number;
  /** Half the second derivative; at or below 0 there is no minimum. */
  c2: number;
}

const mean = (values: ArrayLike<number>, of: (value: number, i: number) => number): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i]!, i);
  return sum / values.length;
};

/**
 * The least-squares parabola through points with at least three different x, by orthogonal polynomials around the mean of x
 * (stable where x are logarithms with a large offset).
 */
export function fitParabola(x: ArrayLike<number>, y: ArrayLike<number>): Parabola {
  const centre = mean(x, (v) => v);
  const m2 = mean(x, (v) => (v - centre) ** 2);
  const skew = mean(x, (v) => (v - centre) ** 3) / m2;
  const level = mean(y, (v) => v);
  const second = (v: number) => (v - centre) ** 2 - m2 - skew * (v - centre);
  const b1 = mean(x, (v, i) => (v - centre) * y[i]!) / m2;
  const c2 = mean(x, (v, i) => second(v) * y[i]!) / mean(x, (v) => second(v) ** 2);
  return { centre, c0: level - c2 * m2, c1: b1 - c2 * skew, c2 };
}

/** The parabola's value at x. */
export function parabolaAt({ centre, c0, c1, c2 }: Parabola, x: number): number {
  const t = x - centre;
  return c0 + t * (c1 + t * c2);
}

/** Where the parabola has its extremum. */
export const vertexOf = ({ centre, c1, c2 }: Parabola): number => centre - c1 / (2 * c2);
