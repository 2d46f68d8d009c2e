import { classifyWeight } from "../families/classify-weight";
import type { ExpertConfig } from "./expert-config";

/** The names in a model's list of weights that a configuration trains, in their order. */
export function trainedWeights(
  names: Iterable<string>,
  { experts, sharedExperts, nonExpertModules }: ExpertConfig,
): string[] {
  const chosen = new Map([...experts].map(([layer, list]) => [layer, new Set(list)]));
  return [...names].filter((name) => {
    const role = classifyWeight(name);
    if (role.kind === "expert") return chosen.get(role.layer)?.has(role.expert) ?? false;
    return role.kind === "shared" ? sharedExperts : nonExpertModules;
  });
}
