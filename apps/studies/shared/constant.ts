import type { Quantity } from "@deepgrain/lab";

/** A number that a claim compares with: the same for all seeds. */
export const constant = (measure: string, subject: string, value: number): Quantity => ({
  measure,
  subject,
  variants: [],
  read: () => value,
});
