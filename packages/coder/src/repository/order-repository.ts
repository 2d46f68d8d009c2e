import { fail, having, oneOf, optionsOf, refuseUnknown } from "../errors";
import { comparePaths } from "./compare-paths";

/** Options of {@link orderRepository}. */
export interface OrderOptions {
  /**
   * `topological`: what a file depends on stands before it (DeepSeek-Coder); `random` (DeepSeek-Coder-V2); `path`. Default
   * `"topological"`.
   */
  order?: "topological" | "random" | "path" | undefined;
  /** Draws numbers in [0, 1); needed for `random`. */
  random?: (() => number) | undefined;
}

/** Without files that are not there, duplicates and a file's dependency on itself. */
function edgesOf(dependsOn: Readonly<Record<string, readonly string[]>>): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const [path, names] of Object.entries(dependsOn)) {
    if (!Array.isArray(names))
      fail("ERR_ARGUMENT", `orderRepository: ${path} must have a list of paths`, { path });
    const known = names.filter((name) => name !== path && Object.hasOwn(dependsOn, name));
    edges.set(path, new Set(known));
  }
  return edges;
}

/** Who depends on each file. */
function reversed(edges: ReadonlyMap<string, ReadonlySet<string>>): Map<string, string[]> {
  const back = new Map<string, string[]>([...edges.keys()].map((path) => [path, []]));
  for (const [path, names] of edges) for (const name of names) back.get(name)!.push(path);
  return back;
}

/** Groups of files that are connected, each sorted by path, in the order of their first paths. */
function components(
  edges: ReadonlyMap<string, ReadonlySet<string>>,
  back: ReadonlyMap<string, readonly string[]>,
): string[][] {
  const seen = new Set<string>();
  const groups: string[][] = [];
  for (const start of [...edges.keys()].sort(comparePaths)) {
    if (seen.has(start)) continue;
    seen.add(start);
    const group = [start];
    for (const path of group)
      for (const next of [...edges.get(path)!, ...back.get(path)!])
        if (!seen.has(next)) {
          seen.add(next);
          group.push(next);
        }
    groups.push(group.sort(comparePaths));
  }
  return groups;
}

/**
 * Takes the file with the smallest number of dependencies that are not yet taken, again and again; ties go to the first
 * path. A cycle therefore ends, which Kahn's algorithm would not do.
 */
function topological(
  group: readonly string[],
  edges: ReadonlyMap<string, ReadonlySet<string>>,
  back: ReadonlyMap<string, readonly string[]>,
): string[] {
  const waiting = new Map(group.map((path) => [path, edges.get(path)!.size]));
  const levels: Set<string>[] = [];
  const rank = new Map(group.map((path, i) => [path, i]));
  const put = (path: string, level: number) => {
    levels[level] ??= new Set();
    levels[level].add(path);
  };
  for (const [path, level] of waiting) put(path, level);
  const taken: string[] = [];
  let lowest = 0;
  while (taken.length < group.length) {
    while (!levels[lowest]?.size) lowest++;
    let next: string | undefined;
    for (const path of levels[lowest]!)
      if (next === undefined || rank.get(path)! < rank.get(next)!) next = path;
    levels[lowest]!.delete(next!);
    waiting.delete(next!);
    taken.push(next!);
    for (const dependent of back.get(next!)!) {
      const level = waiting.get(dependent);
      if (level === undefined) continue;
      levels[level]!.delete(dependent);
      waiting.set(dependent, level - 1);
      put(dependent, level - 1);
      lowest = Math.min(lowest, level - 1);
    }
  }
  return taken;
}

function shuffled(paths: readonly string[], random: () => number): string[] {
  const order = [...paths];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

/**
 * Orders the files of a repository for training: connected groups of files, each in order. A group is one sample.
 *
 * @param dependsOn for every file the files that it depends on; other names, duplicates and itself are ignored
 * @returns the groups, in the order of their first paths. With `random` and `path` all files are one group.
 * @throws {CoderError} `ERR_ARGUMENT` for an order that is not known, or `random` without a source of numbers
 * @see Guo et al. 2024 (DeepSeek-Coder), section 2.2, algorithm 1; DeepSeek-Coder-V2's authors say that V2 orders at random
 */
export function orderRepository(
  dependsOn: Readonly<Record<string, readonly string[]>>,
  options: OrderOptions = {},
): string[][] {
  const { order = "topological", random, ...rest } = optionsOf("orderRepository", options);
  refuseUnknown("orderRepository", rest);
  oneOf("orderRepository", "order", order, ["topological", "random", "path"]);
  const edges = edgesOf(having("orderRepository", "dependsOn", dependsOn));
  const paths = [...edges.keys()].sort(comparePaths);
  if (paths.length === 0) return [];
  if (order === "path") return [paths];
  if (order === "random") {
    if (random === undefined)
      return fail(
        "ERR_ARGUMENT",
        "orderRepository: a random order needs random, a function that draws numbers in [0, 1)",
      );
    return [shuffled(paths, random)];
  }
  const back = reversed(edges);
  return components(edges, back).map((group) => topological(group, edges, back));
}
