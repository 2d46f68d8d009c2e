// The time that a device's measured rates allow for work whose FLOP and bytes are counted.

/** The best rates per millisecond that were measured: of products in FLOP, of copies in bytes; NaN where none was. */
export function bestRates(lines) {
  const best = (isOne, count) => {
    const rates = lines
      .filter((line) => line.counts && isOne(line.what))
      .map((line) => count(line.counts) / line.ms);
    return rates.length > 0 ? Math.max(...rates) : Number.NaN;
  };
  return {
    flop: best(
      (what) => what.startsWith("product"),
      ({ flop }) => flop,
    ),
    bytes: best(
      (what) => what === "copy",
      ({ bytes }) => bytes,
    ),
  };
}

/** Milliseconds for some work at these rates, computing and moving bytes at the same time. */
export const allowedMs = ({ flop, bytes }, rates) =>
  Math.max(flop / rates.flop, bytes / rates.bytes);
