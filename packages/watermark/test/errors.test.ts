import { describeErrors } from "@deepgrain/vitest/error-shape";
import { expect, it } from "vitest";
import * as api from "../src";

describeErrors(new URL("..", import.meta.url), api);

it.each<[string, () => unknown, string]>([
  [
    "retired keys that are no list",
    () => api.createKeyRing("00112233445566778899aabbccddeeff", 3 as never),
    "watermark/createKeyRing: retired must be a list, got 3",
  ],
  [
    "an attack with a misspelt context",
    () => api.stealGreenLists([], [], { vocabSize: 16, contxt: 3 } as never),
    'watermark/stealGreenLists: unknown option "contxt"; did you mean "context"?',
  ],
  [
    "an explanation without texts",
    () => api.explainHtml({ tokens: [], detection: {} } as never, undefined as never),
    "watermark/explainHtml: textOf must be a function, got undefined",
  ],
])("refuses %s with its own error", (_, call, message) => {
  expect(call).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT", message }));
});
