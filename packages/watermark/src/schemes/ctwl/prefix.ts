/** The `width` tokens before `end`, preceded by `head`: the input of CTWL's PRFs. */
export function prefixWords(
  ids: ArrayLike<number>,
  end: number,
  width: number,
  head: number,
): Int32Array {
  const words = new Int32Array(width + 1);
  words[0] = head;
  for (let i = 0; i < width; i++) words[i + 1] = ids[end - width + i]!;
  return words;
}
