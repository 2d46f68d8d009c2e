import { describeErrors } from "@deepgrain/vitest/error-shape";
import Graph from "graphology";
import { expect, it } from "vitest";
import * as api from "../src";
import { conflictDrawing } from "../src/draw";

describeErrors(new URL("..", import.meta.url), api);

it.each<[string, () => unknown, string]>([
  [
    "a drawing of no scores",
    () => conflictDrawing(new Graph(), {} as never),
    "renode/conflictDrawing: scored must be an object with keys, labels, totoro, ranks and weights, got an object",
  ],
  [
    "an array of bytes",
    () => api.encodeNpy(new Uint8Array(2) as never),
    "renode/encodeNpy: data must be a Float32Array, a Float64Array or an Int32Array",
  ],
  [
    "an object in place of an array",
    () => api.encodeNpy({} as never),
    "renode/encodeNpy: data must be a list, got an object",
  ],
])("refuses %s with its own error", (_, call, message) => {
  expect(call).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT", message }));
});
