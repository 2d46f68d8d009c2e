import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { EsftError } from "../errors";

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value;

/**
 * Runs a pass off the tape and frees its tensors, unless they are kept. An asynchronous pass is awaited; what it makes
 * after its first wait it frees itself, as other work may run meanwhile.
 */
export async function forwardOnly(run: () => unknown): Promise<void> {
  let waiting: PromiseLike<unknown> | undefined;
  noGrad(() =>
    tidy(() => {
      const result = run();
      if (isPromise(result)) waiting = result;
    }),
  );
  await waiting;
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
