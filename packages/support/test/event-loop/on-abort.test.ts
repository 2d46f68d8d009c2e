import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { onAbort } from "../../src";

it("tells all who wait, in order, through one listener of the signal", () => {
  const controller = new AbortController();
  const told: number[] = [];
  const stops = Array.from({ length: 30 }, (_, i) =>
    onAbort(controller.signal, () => told.push(i)),
  );
  stops[4]!();
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
  controller.abort();
  expect(told).toEqual(Array.from({ length: 30 }, (_, i) => i).filter((i) => i !== 4));
});
