/** @file The open scopes: the tensors and nodes created in each, and their disposal at its end. */

/** The part of a tape node that a scope uses. */
interface ScopedNode {
  readonly edges: readonly ({ readonly node: ScopedNode } | null)[];
  release(): void;
}

/** The part of a tensor that a scope uses. Its class is in a layer above this file, since every tensor enters a scope. */
interface ScopedTensor {
  readonly isDisposed: boolean;
  isKept: boolean;
  readonly edge: { readonly node: ScopedNode } | null;
  readonly storage: { net(): void; noteWrite(): void };
  dispose(): void;
}

/** Tensors and nodes created while a scope was the innermost. */
export interface Scope {
  tensors: ScopedTensor[];
  nodes: ScopedNode[];
}

const scopes: Scope[] = [];

export const inScope = (): boolean => scopes.length > 0;

/** Called for every new tensor. */
export function enterScope(tensor: ScopedTensor): void {
  const scope = scopes[scopes.length - 1];
  if (scope) scope.tensors.push(tensor);
}

/** Called for every new node of the tape. */
export function enterNode(node: ScopedNode): void {
  const scope = scopes[scopes.length - 1];
  if (scope) scope.nodes.push(node);
}

/** Opens a scope inside the innermost one. */
export function openScope(): Scope {
  const scope: Scope = { tensors: [], nodes: [] };
  scopes.push(scope);
  return scope;
}

function collectTensors(value: unknown, into: Set<unknown>): void {
  if (typeof value !== "object" || value === null || into.has(value)) return;
  if (ArrayBuffer.isView(value) || value instanceof Promise) return;
  into.add(value);
  if ("storage" in value && "strides" in value) return;
  const items =
    value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
  for (const item of items) collectTensors(item, into);
}

/** Nodes that the surviving tensors still need for a later backward pass. */
function reachable(roots: Iterable<ScopedNode>): Set<ScopedNode> {
  const seen = new Set<ScopedNode>();
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const edge of node.edges) if (edge) stack.push(edge.node);
  }
  return seen;
}

/** Ends a scope: frees what was created inside, except kept tensors and those in `result`. A second call does nothing. */
export function closeScope(scope: Scope, result: unknown): void {
  const at = scopes.indexOf(scope);
  if (at < 0) return;
  scopes.splice(at, 1);
  const returned = new Set<unknown>();
  collectTensors(result, returned);
  const parent = scopes[scopes.length - 1];
  const survivors: ScopedTensor[] = [];
  const roots: ScopedNode[] = [];
  for (const tensor of scope.tensors) {
    if (tensor.isDisposed) continue;
    if (!tensor.isKept && !returned.has(tensor)) {
      tensor.dispose();
      continue;
    }
    if (tensor.edge) roots.push(tensor.edge.node);
    if (parent && !tensor.isKept) parent.tensors.push(tensor);
    else survivors.push(tensor);
  }
  leaveNodes(scope.nodes, roots, parent);
  for (const tensor of survivors) if (!tensor.isDisposed) tensor.storage.net();
}

/** Frees what the nodes saved, unless a surviving tensor still needs them. */
function leaveNodes(nodes: readonly ScopedNode[], roots: ScopedNode[], parent?: Scope): void {
  if (roots.length === 0) {
    for (const node of nodes) node.release();
    return;
  }
  const needed = reachable(roots);
  for (const node of nodes) {
    if (needed.has(node)) parent?.nodes.push(node);
    else node.release();
  }
}
