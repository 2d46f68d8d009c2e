import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ownName, parseOwnName } from "../../src/files/own-names";

const id = "0f8e9d7c-1111-4222-8333-444455556666";

describe("names of our own form", () => {
  it("are read back as they were made", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((name) => !/[\\/\n\r\u2028\u2029]/.test(name)),
        fc.constantFrom("tmp", "old", "gone"),
        (target, ending) => {
          const own = parseOwnName(ownName(target, ending));
          expect(own).toMatchObject({ target, ending, owner: { pid: process.pid } });
        },
      ),
    );
  });

  it.each([
    "thesis.old",
    "notes.tmp",
    "backup.old",
    `model.safetensors.${id}.tmp`,
    `model.safetensors.12-${id}.tmp`,
    `a.12-34-${id}.tmp.txt`,
    `a.12-34-${id.toUpperCase()}.tmp`,
    `.12-34-${id}.tmp`,
    `a.12-34-${id}x.old`,
    "step-000012.old",
  ])("do not include %s", (name) => {
    expect(parseOwnName(name)).toBeUndefined();
  });
});
