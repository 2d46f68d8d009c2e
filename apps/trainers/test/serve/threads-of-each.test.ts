import { createJsBackend, createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import { afterEach, expect, it } from "vitest";
import { threadsOfEach } from "../../src/serve/open-models";

afterEach(() => {
  setBackend("js");
});

it("several served models share the engine's threads out, and one has them all", async () => {
  const backend = setBackend(createWasmBackend({ threads: 8 }));
  expect([1, 2, 3, 9].map(threadsOfEach)).toEqual([undefined, 4, 2, 1]);
  await backend.dispose();
});

it("a backend without threads has none to share out", () => {
  setBackend(createJsBackend());
  expect(threadsOfEach(2)).toBeUndefined();
});
