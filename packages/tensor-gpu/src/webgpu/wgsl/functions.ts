/** @file WGSL functions that kernels share; a kernel gets those that its body names, and what these name. */
import { ANGLE_FUNCTIONS } from "./angle-functions";
import { GROUP_FUNCTIONS, SUBGROUP_FUNCTIONS } from "./group-functions";
import { INTEGER_FUNCTIONS } from "./integer-functions";
import { MATH_FUNCTIONS } from "./math-functions";

const FUNCTIONS: Readonly<Record<string, string>> = {
  ...MATH_FUNCTIONS,
  ...ANGLE_FUNCTIONS,
  ...INTEGER_FUNCTIONS,
  ...GROUP_FUNCTIONS,
};

/** Definitions of the functions that `source` calls, directly or not. @param hasSubgroups whether they may use subgroups */
export function wgslFunctions(source: string, hasSubgroups: boolean): string {
  const functions = hasSubgroups ? { ...FUNCTIONS, ...SUBGROUP_FUNCTIONS } : FUNCTIONS;
  const needed = new Set<string>();
  const search = (text: string) => {
    for (const [name, definition] of Object.entries(functions)) {
      if (needed.has(name) || !text.includes(`${name}(`)) continue;
      needed.add(name);
      search(definition);
    }
  };
  search(source);
  return [...needed].map((name) => functions[name]).join("\n");
}
