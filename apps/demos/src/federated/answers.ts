import type { Method } from "./names";

/** The answers of both networks to a picture. */
export interface Answers extends Record<Method, number[]> {
  /** As the address has it. */
  digit: string;
  /** Grey levels of its pixels, 0 to 15. */
  levels: number[];
  /** The class of a test picture; null for a drawn one. */
  label: number | null;
}

/** The class that a network chooses. */
export const chosen = (shares: readonly number[]): number => shares.indexOf(Math.max(...shares));
