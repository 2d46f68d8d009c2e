import type { Tolerance } from "@deepgrain/vitest/allclose";

/** Moving numbers, comparing them, integers: not one bit may differ. */
export const EXACT: Tolerance = { rtol: 0, atol: 0 };
/** One or two roundings to float32. */
export const ROUNDING: Tolerance = { rtol: 3e-7, atol: 1e-37 };
/** Elementary functions and short formulas of them in float32. */
export const FUNCTION: Tolerance = { rtol: 4e-6, atol: 1e-6 };
/** Formulas that cancel, or pass a rounded intermediate on. */
export const FORMULA: Tolerance = { rtol: 2e-5, atol: 5e-6 };
/** Sums over some hundred float32 numbers of size about 1. */
export const SUM: Tolerance = { rtol: 2e-5, atol: 3e-5 };
/** Sums over some thousand. */
export const LONG_SUM: Tolerance = { rtol: 2e-5, atol: 1e-4 };
/** Analytic gradients in float32 against central differences in float64. */
export const DIFFERENCE: Tolerance = { rtol: 1e-4, atol: 2e-5 };
