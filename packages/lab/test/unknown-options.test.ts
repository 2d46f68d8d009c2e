import * as api from "@deepgrain/lab";
import * as threads from "@deepgrain/lab/workers";
import { describeOptions } from "@deepgrain/vitest/unknown-options";
import { expect, it } from "vitest";

describeOptions(
  { ...api, ...threads },
  {
    runStudy: 1,
    judge: 2,
    saveReport: 2,
    workers: 0,
    curves: 0,
    bars: 0,
    scatter: 0,
    matrix: 0,
    figure: 0,
  },
);

it("says which option was probably meant", () => {
  expect(() => api.judge({} as never, {} as never, { corection: "none" } as never)).toThrow(
    'lab/judge: unknown option "corection"; did you mean "correction"?',
  );
});
