import { describeErrors } from "@deepgrain/vitest/error-shape";
import { expect, it } from "vitest";
import * as api from "../src";

describeErrors(new URL("..", import.meta.url), api);

it("refuses a mixture that is none", () => {
  const mixture = { pi: 0.5, kClean: 1, kPoison: 9 };
  expect(api.posterior(0, mixture)).toBeGreaterThan(0.5);
  expect(() => api.posterior(1, { ...mixture, x: 1 } as never)).toThrow('unknown option "x"');
  for (const wrong of [{ pi: 2 }, { kClean: -1 }, { kPoison: Number.NaN }])
    expect(() => api.posterior(1, { ...mixture, ...wrong })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
});
