/** The spelling of today: checkpoints of before 2019 call a norm's weight and bias `gamma` and `beta`. */
const modern = (name: string): string =>
  name.replace(/(^|\.)gamma$/, "$1weight").replace(/(^|\.)beta$/, "$1bias");

/** Prefixes that the names may have beyond those of the others, such as `bert.`: their first parts. */
const prefixesOf = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name) => name.includes(".")).map((name) => name.replace(/\..*$/s, "."))),
];

const countShared = (names: readonly string[], others: ReadonlySet<string>): number =>
  names.filter((name) => others.has(name)).length;

/**
 * Which stored tensor Hugging Face's loader would take for each name of a model: a base model that was saved alone lacks the
 * prefix of its place in the larger one (`bert.`), or has it where the model lacks it; `gamma` and `beta` are `weight` and
 * `bias`.
 *
 * @param stored names in the file
 * @param wanted names of the model, or of the other checkpoint
 * @returns wanted name → stored name, for those that the file holds
 */
export function hubNames(
  stored: readonly string[],
  wanted: readonly string[],
): Map<string, string> {
  const [own, other] = [stored.map(modern), wanted.map(modern)];
  const known = new Set(own);
  const cut = (prefix: string) => (name: string) =>
    name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const put = (prefix: string) => (name: string) => prefix + name;
  const ways = [
    (name: string) => name,
    ...prefixesOf(other).map(cut), // the file lacks it
    ...prefixesOf(own).map(put), // the file alone has it
  ];
  const shares = ways.map((way) => countShared(other.map(way), known));
  const way = ways[shares.indexOf(Math.max(...shares))]!;
  const storedOf = new Map(own.map((name, i) => [name, stored[i]!]));
  const found = new Map<string, string>();
  for (const [i, name] of wanted.entries()) {
    const match = storedOf.get(way(other[i]!)) ?? storedOf.get(other[i]!);
    if (match !== undefined) found.set(name, match);
  }
  return found;
}
