import type { Kernels } from "../backend/kernels";
import type { View } from "../backend/view";
import type { Work } from "./counts";
import type { Tile } from "./products/tiles";

/** A launch as kernels state it. Launches of one key have the same names and the same body. */
export interface Launch {
  /** The kernel's name, and everything that its body depends on. */
  readonly key: string;
  /** Operands by their names in WGSL; see `KernelText`. */
  readonly views: Readonly<Record<string, View>>;
  /** Names of the operands that are written. */
  readonly writes: readonly string[];
  readonly numbers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** Rows of four words, at most `TABLE_ROWS`, as `a.table` in WGSL. */
  readonly table?: Uint32Array;
  readonly isWide?: boolean;
  readonly body: () => string;
  /** Workgroups. */
  readonly groups: readonly [number, number, number];
  readonly work: Work;
}

/** The device as kernels see it. */
export interface Launcher {
  /** Tiles of products that were tuned, by their `sizeKey`. */
  readonly tiles: Map<string, Tile>;
  launch(launch: Launch): void;
  /** Where kernels need room of their own, for the duration of `use`. */
  scratch<T>(elements: number, use: (view: View) => T): T;
  /** The elements of a contiguous int32 view as they were uploaded, where nothing has written them since. */
  uploaded(view: View): Int32Array | undefined;
  /** @throws {TensorError} `ERR_BACKEND` while a recording is open, for kernels whose arguments change from step to step */
  refuse(what: string): void;
}

/** The kernels of the contract with the launcher as an additional first argument. */
export type OnLauncher = {
  [Name in keyof Kernels]: (
    launcher: Launcher,
    ...args: Parameters<Kernels[Name]>
  ) => ReturnType<Kernels[Name]>;
};

/** Workgroups in one dimension; more are spread over a second one. */
const MOST_GROUPS = 65_535;

/** `count` workgroups in rows; the last row may have some too many. A group's number is group.y · groups.x + group.x. */
export function spread(count: number): [number, number, number] {
  const rows = Math.max(1, Math.ceil(count / MOST_GROUPS));
  return [Math.max(1, Math.ceil(count / rows)), rows, 1];
}

/** Threads of a workgroup where nothing else decides it. */
export const THREADS = 64;

/** An entry point that runs `body` for each `i` below `a.n`. */
export const perElement = (body: string): string => `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.y * groups.x + group.x) * ${THREADS}u + lane;
  if (i >= a.n) { return; }
  ${body}
}`;

/** An entry point that runs `body` with a workgroup for each `row` below `a.rows`; `lane` counts its threads. */
export const perRow = (body: string): string => `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * groups.x + group.x;
  if (row >= a.rows) { return; }
  ${body}
}`;

/** Workgroups for `n` elements. */
export const elementGroups = (n: number) => spread(Math.ceil(n / THREADS));
