import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runningSha256 } from "../../src";

it("gives the SHA-256 of Node for bytes in any pieces", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const hash = runningSha256();
      for (const part of parts) hash.update(part);
      const expected = createHash("sha256").update(Buffer.concat(parts)).digest("hex");
      expect(Buffer.from(hash.digest()).toString("hex")).toBe(expected);
    }),
  );
});
