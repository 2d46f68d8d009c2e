import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { orderRepository } from "../../src";

interface Graph {
  depends_on: Record<string, string[]>;
  components: string[][];
}

describe.skipIf(sharedIsMissing)("the order of a repository by another implementation", () => {
  it("is the same in every graph", () => {
    const graphs = JSON.parse(
      readFileSync(shared("golden/coder/repository-order.json"), "utf8"),
    ) as Graph[];
    expect(graphs.length).toBe(17);
    for (const { depends_on, components } of graphs)
      expect(orderRepository(depends_on)).toEqual(components);
  });
});
