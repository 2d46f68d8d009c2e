import { describeErrors } from "@deepgrain/vitest/error-shape";
import { expect, it } from "vitest";
import * as api from "../src";

describeErrors(new URL("..", import.meta.url), api);

it.each<[string, () => unknown, string]>([
  [
    "a training without a law",
    () => api.overTraining({ model: 1e9, tokens: 1e12 }, undefined as never),
    "scaling-laws/overTraining: law must be an object, got undefined",
  ],
  [
    "a training with a misspelt number",
    () => api.overTraining({ model: 1e9, tokens: 1e12, tokns: 3 } as never, {} as never),
    'scaling-laws/overTraining: unknown option "tokns"; did you mean "tokens"?',
  ],
  [
    "a goal without a law",
    () => api.budgetFor({ model: 1e9 }, undefined as never),
    "scaling-laws/budgetFor: law must be an object, got undefined",
  ],
])("refuses %s with its own error", (_, call, message) => {
  expect(call).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT", message }));
});
