import { describe, expect, it } from "vitest";
import { createWasmBackend, full, setBackend, tensor } from "../../src";
import { thrownBy } from "../support/thrown-by";

describe.each([1, 2])("a kernel that traps on %d threads", (threads) => {
  it("is a typed error that names it, and the backend computes on", async () => {
    const backend = createWasmBackend({ threads });
    setBackend(backend);
    await backend.threadsReady();
    const [table, far] = [full([70_000, 4], 1), tensor(new Int32Array(70_000).fill(2 ** 27))];
    const out = full([70_000, 4], 2);
    for (let round = 0; round < 3; round++) {
      // Past the operators' checks: the kernel alone, with rows beyond the memory.
      const error = thrownBy(() => backend.kernels.gatherRows(out, table, far));
      expect(error.code).toBe("ERR_BACKEND");
      expect(error.message).toMatch(/kernel/);
      expect(
        full([300, 300], 1)
          .matmul(full([300, 300], 1))
          .sum()
          .itemSync(),
      ).toBe(300 ** 3);
      expect(table.sum().itemSync()).toBe(280_000);
    }
    await backend.dispose();
  });
});
