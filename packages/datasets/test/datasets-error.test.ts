import { expect, it } from "vitest";
import { DatasetsError } from "../src/index";

it("recognises errors of another copy of the package, and nothing else", () => {
  const error = new DatasetsError("ERR_FORMAT", "datasets/x: no", { line: 3 });
  expect(error).toMatchObject({ name: "DatasetsError", code: "ERR_FORMAT", details: { line: 3 } });
  expect(DatasetsError.isInstance(error)).toBe(true);
  const copy = Object.assign(new Error("x"), { [Symbol.for("deepgrain.datasets.error")]: true });
  expect(DatasetsError.isInstance(copy)).toBe(true);
  for (const other of [new Error("x"), null, undefined, "ERR_FORMAT"])
    expect(DatasetsError.isInstance(other)).toBe(false);
});
