import { missingWebGpu, nodeDevice } from "@deepgrain/vitest/node-webgpu";
import { afterAll, describe, expect, it } from "vitest";
import { createJsBackend } from "../../src";
import { isCompact } from "../../src/backend/view";
import { createWebGpuBackend } from "../../src/webgpu";
import { createDraw, seedOf } from "../fuzz/draw";
import { difference, isRough, show } from "../fuzz/fuzz-operator";
import { hostileArguments } from "../fuzz/hostile";
import { OPERATORS, type Operator } from "../fuzz/operators-list";
import { MapPlan, TensorPlan } from "../fuzz/plans";
import { Fault, runCase } from "../fuzz/run-case";

/** Of each operator. Every third has hostile arguments. */
const CASES = 18;
/** Nearly every layout of its operands compiles a kernel of its own. */
const ATTENTION_CASES = 4;
/** Cases whose numbers must have been compared, in all. */
const LEAST_COMPARED = 2000;

/** Whether there are weights in fewer bits, which WebGPU has not. */
function holdsCompact(value: unknown): boolean {
  if (value instanceof TensorPlan) return isCompact(value.dtype);
  if (value instanceof MapPlan) return value.entries.some((entry) => entry.some(holdsCompact));
  return typeof value === "object" && value !== null && Object.values(value).some(holdsCompact);
}

function operatorTests(): void {
  /** Its kernels compute in float64 and round what they store. */
  const reference = createJsBackend();
  const elsewhere = createJsBackend();
  let compared = 0;
  const refusals: string[] = [];
  const opened = nodeDevice().then((device) => createWebGpuBackend({ device }));
  afterAll(async () => {
    for (const backend of [reference, elsewhere, await opened]) await backend.dispose();
  });

  async function tryCase(name: string, { recipe, call }: Operator, i: number): Promise<void> {
    const draw = createDraw(seedOf(name) + i * 7919);
    const valid = recipe(draw);
    const args = i % 3 === 2 ? hostileArguments(draw, valid) : valid;
    if (args.some(holdsCompact)) return;
    const told = `${name}, case ${i}: ${name}(${args.map(show).join(", ")})`;
    try {
      const expected = await runCase(call, args, reference, elsewhere);
      const actual = await runCase(call, args, await opened, elsewhere);
      if (actual.code === "ERR_BACKEND") {
        if (expected.code === undefined) refusals.push(`${name}: ${actual.message}`);
        return;
      }
      const isExact = !args.some(isRough);
      const found = difference(actual, expected, isExact);
      if (found) throw new Fault(found);
      if (isExact && !expected.code && expected.numbers.length > 0) compared++;
    } catch (error) {
      throw error instanceof Fault ? new Fault(`${error.message}\n  ${told}`) : error;
    }
  }

  it.each(Object.entries(OPERATORS))("%s", async (name, operator) => {
    const cases = /attend|attention/i.test(name) ? ATTENTION_CASES : CASES;
    for (let i = 0; i < cases; i++) await tryCase(name, operator, i);
  });

  it("were compared in numbers, most of them", () => {
    expect(compared).toBeGreaterThanOrEqual(LEAST_COMPARED);
    const others = refusals.filter((told) => !/has no WGSL kernel; wasm has it/.test(told));
    expect(others).toEqual([]);
  });
}

describe("drawn operators on WebGPU give what float64 gives", () => {
  if (missingWebGpu === undefined) operatorTests();
  else it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
});
