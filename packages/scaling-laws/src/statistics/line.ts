/** A straight line y = intercept + slope·x. */
export interface Line {
  intercept: number;
  slope: number;
}

/**
 * The least-squares line through points, each with a weight (default 1).
 * The slope is NaN where all x are equal: callers check that first.
 */
export function fitLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Line {
  let [sum, meanX, meanY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const w = weights?.[i] ?? 1;
    sum += w;
    meanX += w * x[i]!;
    meanY += w * y[i]!;
  }
  meanX /= sum;
  meanY /= sum;
  let [xx, xy] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const w = weights?.[i] ?? 1;
    xx += w * (x[i]! - meanX) ** 2;
    xy += w * (x[i]! - meanX) * (y[i]! - meanY);
  }
  const slope = xy / xx;
  return { slope, intercept: meanY - slope * meanX };
}
