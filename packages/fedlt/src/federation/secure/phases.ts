/** @file Definitions shared by both sides of secure aggregation. */
import type { GroupShapes } from "./sum-layout";

/** Kinds of tasks, in order. */
export const PHASES = {
  keys: "secure-keys",
  shares: "secure-shares",
  fit: "secure-fit",
  unmask: "secure-unmask",
} as const;

/** Bytes of a share: 32 of the secret and 1 of the library's coordinate. */
export const SHARE_BYTES = 33;

/** Settings sent with `secure-fit`, in addition to those of the strategy. */
export interface SecureFitConfig {
  readonly groups: GroupShapes;
  readonly maxSamples: number;
  readonly clip: number;
  readonly levels: number;
}

/** The context that shares are bound to. */
export const shareLabel = (round: number, from: string, to: string): string =>
  JSON.stringify(["shares", round, from, to]);

/** The context that the mask of a pair is bound to. */
export const maskLabel = (round: number): string => JSON.stringify(["mask", round]);
