import type { Estimate } from "@deepgrain/lab";

/** A mean of megabytes, under a heading that has the unit. */
export const megabytes = ({ mean }: Estimate): string => mean.toFixed(2);
