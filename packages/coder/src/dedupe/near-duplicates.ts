import { fail, listOf, optionsOf, real, refuseUnknown, whole } from "../errors";
import { chooseBands } from "./bands";
import { minHash } from "./min-hash";
import { jaccard, shingles, wordsOf } from "./shingles";
import { unionFind } from "./union-find";

/** Options of {@link nearDuplicates}. */
export interface NearDuplicateOptions {
  /** Words per shingle; default 5. */
  shingleWords?: number | undefined;
  /** Least Jaccard index of duplicates, above 0 and at most 1; default 0.85. */
  threshold?: number | undefined;
  /** Length of a signature; default 256. */
  permutations?: number | undefined;
}

/** Pairs of indices whose signatures share a band. */
function* candidates(
  signatures: readonly Uint32Array[],
  { bands, rows }: { readonly bands: number; readonly rows: number },
): Generator<readonly [number, number]> {
  for (let band = 0; band < bands; band++) {
    const buckets = new Map<string, number[]>();
    for (const [i, signature] of signatures.entries()) {
      const key = signature.subarray(band * rows, (band + 1) * rows).join();
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [i]);
      else bucket.push(i);
    }
    for (const bucket of buckets.values())
      for (let a = 0; a < bucket.length; a++)
        for (let b = a + 1; b < bucket.length; b++) yield [bucket[a]!, bucket[b]!];
  }
}

/** Joins texts with the same words, of which there may be many. @returns the index of the first of each */
function firstOfEqual(texts: readonly string[], join: (a: number, b: number) => void): number[] {
  const firsts = new Map<string, number>();
  for (const [i, text] of texts.entries()) {
    const words = wordsOf(text).join(" ");
    const first = firsts.get(words);
    if (first === undefined) firsts.set(words, i);
    else join(first, i);
  }
  return [...firsts.values()];
}

/**
 * Groups texts that are nearly equal: the Jaccard index of their sets of word runs is at least the threshold. Candidates
 * come from MinHash with bands that find a pair at the threshold with probability 0.99 or more; each is then verified
 * exactly, so that no group holds a false pair. Groups are the connected texts.
 *
 * Judge whole repositories, as the concatenation of their files, for languages whose imports are parsed, and single files
 * for the others.
 *
 * @param texts in order of preference: the first of each group is the one to keep
 * @returns groups of at least two indices, each in ascending order, by their first
 * @throws {CoderError} `ERR_RANGE` for options out of range
 * @see Guo et al. 2024 (DeepSeek-Coder), section 2.3; the paper gives no parameters
 */
export function nearDuplicates(
  texts: readonly string[],
  options: NearDuplicateOptions = {},
): number[][] {
  const {
    shingleWords = 5,
    threshold = 0.85,
    permutations = 256,
    ...rest
  } = optionsOf("nearDuplicates", options);
  refuseUnknown("nearDuplicates", rest, [
    "shingleWords",
    "threshold",
    "permutations",
  ] satisfies (keyof NearDuplicateOptions)[]);
  whole("nearDuplicates", "shingleWords", shingleWords, { min: 1 });
  real("nearDuplicates", "threshold", threshold, { above: 0, max: 1 });
  whole("nearDuplicates", "permutations", permutations, { min: 1, max: 4096 });
  listOf("nearDuplicates", "texts", texts);
  const sets = texts.map((text, i) => {
    if (typeof text !== "string")
      fail("ERR_ARGUMENT", `nearDuplicates: texts[${i}] must be a text`, { i });
    return shingles(text, shingleWords);
  });
  const groups = unionFind(texts.length);
  const firsts = firstOfEqual(texts, groups.join);
  const signatures = firsts.map((i) => minHash(sets[i]!, permutations));
  for (const [one, other] of candidates(signatures, chooseBands(permutations, threshold))) {
    const [a, b] = [firsts[one]!, firsts[other]!] as const;
    if (groups.find(a) !== groups.find(b) && jaccard(sets[a]!, sets[b]!) >= threshold)
      groups.join(a, b);
  }
  return groups.all().filter((group) => group.length > 1);
}
