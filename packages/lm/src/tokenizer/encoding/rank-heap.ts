/** Numbers of which the smallest comes first; they are kept in one array of a fixed size. */
export class RankHeap {
  private readonly items: Float64Array;
  size = 0;

  /** @param most numbers that are in it at one time */
  constructor(most: number) {
    this.items = new Float64Array(most);
  }

  push(item: number): void {
    const { items } = this;
    let slot = this.size++;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (items[parent]! <= item) break;
      items[slot] = items[parent]!;
      slot = parent;
    }
    items[slot] = item;
  }

  /** Removes the smallest; there must be one. */
  pop(): number {
    const { items } = this;
    const first = items[0]!;
    const item = items[--this.size]!;
    let slot = 0;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= item) break;
      items[slot] = items[child]!;
      slot = child;
    }
    items[slot] = item;
    return first;
  }
}
