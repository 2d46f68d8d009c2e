/** @file Who frees: scopes dispose the tensors made inside them, except those returned or kept. */
import type { Tensor } from "../tensor/tensor";
import type { GradNode } from "./node";

interface Scope {
  tensors: Tensor[];
  nodes: GradNode[];
}

const scopes: Scope[] = [];

export const inScope = (): boolean => scopes.length > 0;

/** Called for every new tensor. */
export function enterScope(tensor: Tensor): void {
  const scope = scopes[scopes.length - 1];
  if (scope) scope.tensors.push(tensor);
}

/** Called for every new node of the tape. */
export function enterNode(node: GradNode): void {
  const scope = scopes[scopes.length - 1];
  if (scope) scope.nodes.push(node);
}

/** Takes a tensor out of every scope: it lives until its own `dispose()`, or until nobody holds it any more. Returns it. */
export function keep<T extends Tensor>(tensor: T): T {
  tensor.isKept = true;
  return tensor;
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
function reachable(roots: Iterable<GradNode>): Set<GradNode> {
  const seen = new Set<GradNode>();
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const edge of node.edges) if (edge) stack.push(edge.node);
  }
  return seen;
}

function leaveScope(scope: Scope, result: unknown): void {
  const returned = new Set<unknown>();
  collectTensors(result, returned);
  const parent = scopes[scopes.length - 1];
  const survivors: Tensor[] = [];
  const roots: GradNode[] = [];
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
function leaveNodes(nodes: readonly GradNode[], roots: GradNode[], parent?: Scope): void {
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

/**
 * Runs `fn` and frees every tensor made inside, leaves and modules included, except those it returns (alone or in arrays,
 * maps and objects such as modules and optimisers), kept ones, and gradients of leaves that live on. What a returned
 * function closes over is not seen: return or `keep()` it. Synchronous: for asynchronous work use `scope()`.
 */
export function tidy<T>(fn: () => T): T {
  const scope: Scope = { tensors: [], nodes: [] };
  scopes.push(scope);
  let result: T | undefined;
  try {
    result = fn();
    return result;
  } finally {
    scopes.splice(scopes.indexOf(scope), 1);
    leaveScope(scope, result);
  }
}

/** `tidy` whose survivors, but what was kept anyway, are kept from all scopes: the caller disposes them. */
export function keepingSurvivors<T>(fn: () => T): { result: T; survivors: Tensor[] } {
  const around: Scope = { tensors: [], nodes: [] };
  scopes.push(around);
  try {
    const result = tidy(fn);
    for (const tensor of around.tensors) tensor.isKept = true;
    return { result, survivors: around.tensors };
  } finally {
    scopes.splice(scopes.indexOf(around), 1);
    leaveScope(around, undefined);
  }
}

/**
 * An open scope, for code that awaits: `using s = scope()` frees on leaving the block, or call `dispose()`.
 * `dispose(result)` spares what `result` holds.
 */
export function scope(): { dispose(result?: unknown): void; [Symbol.dispose](): void } {
  const open: Scope = { tensors: [], nodes: [] };
  scopes.push(open);
  const dispose = (result?: unknown) => {
    const at = scopes.indexOf(open);
    if (at < 0) return;
    scopes.splice(at, 1);
    leaveScope(open, result);
  };
  return { dispose, [Symbol.dispose]: () => dispose() };
}
