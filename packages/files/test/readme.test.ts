import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@deepgrain/vitest/readme";
import { expect, it, vi } from "vitest";
import * as lock from "../src/lock";

it("runs the README's example, which takes a lock", async () => {
  const taken = vi.spyOn(lock, "withLock");
  await runReadmeExample(fileURLToPath(new URL("..", import.meta.url)));
  expect(taken).toHaveBeenCalledTimes(1);
});
