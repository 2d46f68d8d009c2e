/** Sets of whole numbers below `size` that can be joined. */
export function unionFind(size: number) {
  const parents = Int32Array.from({ length: size }, (_, i) => i);
  function find(item: number): number {
    let root = item;
    while (parents[root] !== root) root = parents[root]!;
    for (let at = item; at !== root; ) {
      const next = parents[at]!;
      parents[at] = root;
      at = next;
    }
    return root;
  }
  return {
    find,
    /** Joins the sets of two numbers; the smaller root stays. */
    join(a: number, b: number): void {
      const [first, second] = [find(a), find(b)].sort((x, y) => x - y) as [number, number];
      parents[second] = first;
    },
    /** All sets, each in ascending order, by their first. */
    all(): number[][] {
      const sets = new Map<number, number[]>();
      for (let i = 0; i < size; i++) {
        const root = find(i);
        const set = sets.get(root);
        if (set === undefined) sets.set(root, [i]);
        else set.push(i);
      }
      return [...sets.values()];
    },
  };
}
