import { editDistance } from "./edit-distance";

/** Letters and digits only, in lower case: `keep_dim`, `keepdim` and `keepDim` are one name. */
const plain = (name: string) => name.replaceAll(/[^\p{L}\p{N}]/gu, "").toLowerCase();

/** First letters of a name's words: `lr` of `learningRate`. */
const initials = (name: string) =>
  (name.match(/(?:^|(?<=[_-]))\p{L}|\p{Lu}/gu) ?? []).join("").toLowerCase();

/** Names that other libraries use for our options. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["schedule", "lr"],
  ["peakrate", "lr"],
  ["learningrate", "lr"],
  ["epochs", "steps"],
  ["clipping", "maxGradNorm"],
  ["accumulation", "gradientAccumulation"],
  ["warmupsteps", "warmup"],
]);

/**
 * The known name that was probably meant: equal but for case and separators, another library's word for it, made of the
 * initials of `given`, or at most a third of its letters away.
 *
 * @returns undefined if none is near
 */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const wanted = plain(given);
  const same = known.find((name) => plain(name) === wanted);
  if (same !== undefined) return same;
  const alias = ALIASES.get(wanted);
  if (alias !== undefined && known.includes(alias)) return alias;
  const short = known.find((name) => plain(name) === initials(given));
  if (short !== undefined) return short;
  let [near, least] = [
    undefined as string | undefined,
    Math.max(1, Math.floor(wanted.length / 3)) + 1,
  ];
  for (const name of known) {
    const distance = editDistance(wanted, plain(name));
    if (distance < least) [near, least] = [name, distance];
  }
  return near;
}
