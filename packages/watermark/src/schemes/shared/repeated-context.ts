/**
 * Whether the `width` tokens before `end` also preceded an earlier generated position, that is, some position from
 * `from` to `end - 1`, looking back at most `history` positions.
 */
export function isRepeatedContext(
  ids: ArrayLike<number>,
  end: number,
  width: number,
  from: number,
  history = Number.POSITIVE_INFINITY,
): boolean {
  for (let other = end - 1; other >= from && end - other <= history; other--) {
    let same = 0;
    while (same < width && ids[other - 1 - same] === ids[end - 1 - same]) same++;
    if (same === width) return true;
  }
  return false;
}
