/** A text that differs for each process that takes part, so that two of them under one name are found out. */
export function newInstance(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (n) => n.toString(36)).join("");
}
