import { expect, it } from "vitest";
import { checkRandomSchemas } from "../json-schema/check-random-schemas";
import { handMadeTokenizer } from "../json-schema/hand-made-tokenizer";

it("texts of 300 random schemas end in time and validate, with little room and with much", async () => {
  const { written, refused } = checkRandomSchemas(300, await handMadeTokenizer());
  expect(written).toBeGreaterThan(250);
  expect(refused).toBeGreaterThan(0);
});
