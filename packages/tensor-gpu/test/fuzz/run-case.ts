import { type Backend, full, manualSeed, memory, scope, setBackend, TensorError } from "../../src";
import type { Arguments } from "./plans";
import { realise, tensorsIn } from "./realise";

/** The outcome of a call: numbers of each resulting tensor and gradient, or the error's code. */
export interface Outcome {
  code: string | undefined;
  message: string;
  shapes: string[];
  numbers: Float64Array[];
}

/** The faults of a case on one backend, whatever the result. */
export class Fault extends Error {}

export type Call = (args: unknown[]) => unknown;

function assertTyped(error: unknown): asserts error is TensorError {
  if (!TensorError.isInstance(error))
    throw new Fault(`an untyped error: ${error instanceof Error ? error.stack : String(error)}`);
  if (/kernel \w+ failed|helper thread/.test(error.message))
    throw new Fault(`a trap: ${error.message}`);
}

async function readAll(result: unknown): Promise<Pick<Outcome, "shapes" | "numbers">> {
  const tensors = tensorsIn(result);
  return {
    shapes: tensors.map(({ shape, dtype }) => `${dtype}[${shape.join(",")}]`),
    numbers: await Promise.all(tensors.map(async (x) => Float64Array.from(await x.data()))),
  };
}

/** The backend answers rightly, also where its memory has to grow. */
async function assertUsable(backend: Backend): Promise<void> {
  setBackend(backend);
  const [small, large] = [full([64], 1), full([20_000], 1)];
  const sums = [small.sum(), large.sum()];
  const found = await Promise.all(sums.map((sum) => sum.item()));
  for (const made of [small, large, ...sums]) made.dispose();
  if (found[0] !== 64 || found[1] !== 20_000) throw new Fault(`sums of ones are ${found}`);
}

async function outcomeOf(call: Call, args: unknown[], leaves: readonly { grad: unknown }[]) {
  const result = await call(args);
  const values = await readAll(result);
  const output = tensorsIn(result).find(({ requiresGrad, isLeaf }) => requiresGrad && !isLeaf);
  if (output) {
    output.backward({ gradient: full(output.shape, 1) });
    const gradients = await readAll(leaves.map(({ grad }) => grad));
    values.shapes.push(...gradients.shapes);
    values.numbers.push(...gradients.numbers);
  }
  for (const kept of tensorsIn(result)) kept.dispose();
  return values;
}

/**
 * Calls an operator between guards, forwards and backwards.
 * @throws {Fault} for an untyped error, a trap, a touched guard or operand, memory not given back, a broken backend
 */
export async function runCase(
  call: Call,
  plans: Arguments,
  backend: Backend,
  elsewhere: Backend,
): Promise<Outcome> {
  const before = memory().bytes;
  const surroundings = await realise(plans, backend, elsewhere);
  manualSeed(11);
  const open = scope();
  let outcome: Outcome;
  try {
    const values = await outcomeOf(call, surroundings.args, surroundings.leaves);
    outcome = { code: undefined, message: "", ...values };
  } catch (error) {
    assertTyped(error);
    outcome = { code: error.code, message: error.message, shapes: [], numbers: [] };
  } finally {
    setBackend(backend);
    open.dispose();
  }
  const damage = await surroundings.damage();
  surroundings.dispose();
  if (damage) throw new Fault(damage);
  const left = memory().bytes - before;
  if (left !== 0) throw new Fault(`${left} bytes were not given back`);
  await assertUsable(backend);
  return outcome;
}
