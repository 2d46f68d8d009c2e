import { type OmegaState, omegaStates } from "../annotate/omega-state";
import type { OmegaTree } from "../annotate/omega-tree";
import { having } from "../errors";
import { fieldError, fieldsOf } from "./fields";

/** A prefix with its value. */
export interface OmegaFlatRow {
  readonly question: string;
  /** Steps, one per line. */
  readonly solution_prefix: string;
  readonly mc_value: number;
}

/** A node of a tree: the steps that it adds to its parent, one per line. */
export interface OmegaNode {
  readonly text: string;
  readonly mc_value: number;
  readonly children: readonly OmegaNode[];
}

/** A tree of a problem. */
export interface OmegaTreeRow {
  readonly question: string;
  readonly tree: OmegaNode;
}

/** One row per state of a tree except the root, parents first. */
export const omegaFlatRows = (omegaTree: OmegaTree): OmegaFlatRow[] => {
  const { problem, root } = having("omegaFlatRows", "omegaTree", omegaTree, "problem", "root");
  return [...omegaStates(root)].slice(1).map(({ steps, value }) => ({
    question: problem,
    solution_prefix: steps.join("\n"),
    mc_value: value,
  }));
};

const node = ({ added, value, children }: OmegaState): OmegaNode => ({
  text: added.join("\n"),
  mc_value: value,
  children: children.map(node),
});

/** The tree as a JSON value. */
export const omegaTreeRow = (omegaTree: OmegaTree): OmegaTreeRow => {
  const { problem, root } = having("omegaTreeRow", "omegaTree", omegaTree, "problem", "root");
  return {
    question: problem,
    tree: node(root),
  };
};

function mcValue(where: string, json: unknown): number {
  const value = fieldsOf(where, json).finite("mc_value");
  if (value >= 0 && value <= 1) return value;
  throw fieldError(where, "mc_value", "within [0, 1]", value);
}

/** Reads a flat row. @throws {PrmError} `ERR_FORMAT` that names the field */
export function parseOmegaFlat(json: unknown): OmegaFlatRow {
  const row = fieldsOf("parseOmegaFlat", json);
  row.text("question");
  row.text("solution_prefix");
  mcValue("parseOmegaFlat", json);
  return json as OmegaFlatRow;
}

/** Maximum depth of a tree. */
const deepest = 1000;

function checkNode(json: unknown, depth = 0): void {
  if (depth > deepest)
    throw fieldError("parseOmegaTree", "the tree", `at most ${deepest} nodes deep`, depth);
  const row = fieldsOf("parseOmegaTree", json);
  row.text("text");
  mcValue("parseOmegaTree", json);
  for (const child of row.list<unknown>("children", "nodes", () => true))
    checkNode(child, depth + 1);
}

/** Reads a tree. @throws {PrmError} `ERR_FORMAT` that names the field */
export function parseOmegaTree(json: unknown): OmegaTreeRow {
  fieldsOf("parseOmegaTree", json).text("question");
  checkNode((json as { tree?: unknown }).tree);
  return json as OmegaTreeRow;
}

/** Flat rows of a tree; the prefix grows with the depth. */
export function flattenOmegaTree({ question, tree }: OmegaTreeRow): OmegaFlatRow[] {
  const rows: OmegaFlatRow[] = [];
  const visit = (each: OmegaNode, before: string) => {
    const prefix = [before, each.text].filter((text) => text !== "").join("\n");
    if (prefix !== "") rows.push({ question, solution_prefix: prefix, mc_value: each.mc_value });
    for (const child of each.children) visit(child, prefix);
  };
  visit(tree, "");
  return rows;
}
