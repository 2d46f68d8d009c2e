const PER_CHUNK = 16_384;

/**
 * The elements of a JSON array, in pieces, for arrays too long for one string. Nine digits reproduce the same float32.
 * @throws {RangeError} for a number that is not finite, which JSON cannot hold
 */
export function* floatJson(data: Float32Array): Generator<string> {
  for (let start = 0; start < data.length; start += PER_CHUNK) {
    const part = data.subarray(start, start + PER_CHUNK);
    const bad = part.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0)
      throw new RangeError(`element ${start + bad} is ${part[bad]}, not a finite number`);
    const texts = Array.from(part, (x) => String(Number(x.toPrecision(9))));
    yield `${start > 0 ? "," : ""}${texts.join(",")}`;
  }
}
