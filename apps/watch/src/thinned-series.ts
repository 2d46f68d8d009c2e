/** Points of a series, at most: an even number. */
const MOST = 120;

/** A curve of any length in bounded memory: neighbours are joined to means as it grows. */
export interface ThinnedSeries {
  add(step: number, value: number): void;
  points(): { x: number; y: number }[];
  /** The last value that was added. */
  last(): number | undefined;
}

interface Bucket {
  steps: number;
  values: number;
  count: number;
}

const joined = (a: Bucket, b: Bucket): Bucket => ({
  steps: a.steps + b.steps,
  values: a.values + b.values,
  count: a.count + b.count,
});

/** A series without points. */
export function thinnedSeries(): ThinnedSeries {
  let buckets: Bucket[] = [];
  let perBucket = 1;
  let last: number | undefined;
  return {
    add(step, value) {
      last = value;
      const open = buckets.at(-1);
      if (open && open.count < perBucket) {
        buckets[buckets.length - 1] = joined(open, { steps: step, values: value, count: 1 });
        return;
      }
      if (buckets.length === MOST) {
        perBucket *= 2;
        const pairs = Array.from({ length: MOST / 2 }, (_, i) => 2 * i);
        buckets = pairs.map((i) => joined(buckets[i]!, buckets[i + 1]!));
      }
      buckets.push({ steps: step, values: value, count: 1 });
    },
    points: () =>
      buckets.map(({ steps, values, count }) => ({
        x: Math.round(steps / count),
        y: values / count,
      })),
    last: () => last,
  };
}
