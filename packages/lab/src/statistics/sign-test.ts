/** The probability of at least `count` heads in `tosses` of a fair coin. */
export function coinTail(count: number, tosses: number): number {
  let [ways, sum] = [1, 0]; // ways: tosses over k
  for (let k = 0; k <= tosses; k++) {
    if (k >= count) sum += ways;
    ways = (ways * (tosses - k)) / (k + 1);
  }
  return sum / 2 ** tosses;
}
