import fc from "fast-check";
import { expect, it } from "vitest";
import { duplicateKey } from "../../src/http/duplicate-key";

it.each([
  ['{"a":1,"b":2,"a":3}', "a"],
  ['{"a":{"b":1,"\\u0062":2}}', "b"],
  ['[{"a":1},{"a":1,"x":[{"a":2}],"x":3}]', "x"],
  ['{"a\\\\":1,"a":2,"a\\\\":3}', "a\\"],
])("finds the key that %s has twice", (json, key) => {
  expect(duplicateKey(json)).toBe(key);
});

it("finds none in what JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(duplicateKey(JSON.stringify(JSON.parse(json)))).toBeUndefined();
    }),
  );
});
