import { type Estimate, whole } from "@deepgrain/lab";

/** A column of measurements: its name, what is measured, how that is written. */
export type Column<M> = readonly [name: string, measure: M, show: (value: Estimate) => string];

/** A mean as a whole number. */
export const count = ({ mean }: Estimate): string => whole(mean);
