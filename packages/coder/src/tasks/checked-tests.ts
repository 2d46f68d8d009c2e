import { shown } from "@deepgrain/support";
import { fail } from "../errors";
import type { Tests } from "./task";

/** Tests that a sandbox was given. @throws {CoderError} `ERR_ARGUMENT` for anything else */
export function checkedTests(tests: Tests): Tests {
  if (typeof tests === "string" || Array.isArray(tests)) return tests;
  return fail("ERR_ARGUMENT", `sandbox: tests must be a list or a text, got ${shown(tests)}`, {
    tests,
  });
}
