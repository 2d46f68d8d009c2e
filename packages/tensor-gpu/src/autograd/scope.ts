/** @file Scopes dispose the tensors created inside them, except those returned or kept. */
import { assertFunction, assertKind } from "../errors";
import type { Written } from "../tensor/open-recording";
import type { Tensor } from "../tensor/tensor";
import { closeScope, openScope } from "./open-scopes";

/** Removes a tensor from every scope: it lives until its own `dispose()`, or until nothing references it. Returns it. */
export function keep<T extends Tensor>(tensor: T): T {
  assertKind(tensor?.storage !== undefined, "keep", "needs a tensor", tensor);
  tensor.isKept = true;
  return tensor;
}

/**
 * Runs `fn` and frees every tensor created inside, leaves and modules included, except those it returns (alone or in arrays,
 * maps and objects such as modules and optimisers), kept ones, and gradients of leaves that live on. Tensors captured
 * by a returned function are not found: return or `keep()` them. Synchronous: for asynchronous work use `scope()`.
 */
export function tidy<T>(fn: () => T): T {
  assertFunction("tidy", fn);
  const scope = openScope();
  let result: T | undefined;
  try {
    result = fn();
    return result;
  } finally {
    closeScope(scope, result);
  }
}

/** A tensor that outlived its scope. */
export interface Survivor {
  readonly storage: Written;
  dispose(): void;
}

/** As `tidy`, but the surviving tensors leave all scopes, unless already kept: the caller disposes them. */
export function keepingSurvivors<T>(fn: () => T): { result: T; survivors: readonly Survivor[] } {
  const around = openScope();
  try {
    const result = tidy(fn);
    for (const tensor of around.tensors) tensor.isKept = true;
    return { result, survivors: around.tensors };
  } finally {
    closeScope(around, undefined);
  }
}

/**
 * An open scope, for code that awaits: `using s = scope()` frees on leaving the block, or call `dispose()`.
 * `dispose(result)` keeps the tensors in `result`.
 */
export function scope(): { dispose(result?: unknown): void; [Symbol.dispose](): void } {
  const open = openScope();
  const dispose = (result?: unknown) => closeScope(open, result);
  return { dispose, [Symbol.dispose]: () => dispose() };
}
