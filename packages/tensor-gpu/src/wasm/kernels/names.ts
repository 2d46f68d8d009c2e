/** The first letter as a capital, as in the names of kernels: `unary` + `Exp`. */
export const capital = (op: string): string => op.charAt(0).toUpperCase() + op.slice(1);
