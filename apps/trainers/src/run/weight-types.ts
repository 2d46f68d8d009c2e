/** Types of weights in memory. */
export const dtypes = ["auto", "float32", "bfloat16", "int8"] as const;
