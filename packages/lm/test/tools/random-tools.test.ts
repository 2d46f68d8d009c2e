import { setBackend } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import { toolFormats } from "../../src/tools";
import { checkRandomTools } from "./check-random-tools";
import { toolTokenizer } from "./tool-models";

it.each(toolFormats)("calls of three random tools in the form %s validate", async (format) => {
  setBackend("wasm");
  const how = { toolFormat: format, seed: 5 };
  const { whole, cut } = await checkRandomTools(3, await toolTokenizer(format), how);
  expect({ isAny: whole > 0, cut }).toEqual({ isAny: true, cut: 0 });
});
