import { noGrad, scope } from "@deepgrain/tensor-gpu";
import { EsftError } from "../errors";

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value;

/** Runs a pass off the tape and frees its tensors, unless they are kept. An asynchronous pass is awaited. */
export async function forwardOnly(run: () => unknown): Promise<void> {
  const open = scope();
  try {
    const result = noGrad(run);
    if (isPromise(result)) await result;
  } finally {
    open.dispose();
  }
}

/** @throws {EsftError} `ERR_RANGE` for a token budget below 1 */
export function checkTokenBudget(where: string, nSampleTokens: number): void {
  if (!(nSampleTokens >= 1))
    throw new EsftError(
      "ERR_RANGE",
      `esft/${where}: nSampleTokens must be at least 1, got ${nSampleTokens}`,
      { fields: { nSampleTokens } },
    );
}
