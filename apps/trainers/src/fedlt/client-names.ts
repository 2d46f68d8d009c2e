/** Names of `count` members of a federation, in order: client-0 and so on. */
export const clientNames = (count: number, kind: "client" | "worker" = "client"): string[] => {
  const digits = String(count - 1).length;
  return Array.from({ length: count }, (_, k) => `${kind}-${String(k).padStart(digits, "0")}`);
};
