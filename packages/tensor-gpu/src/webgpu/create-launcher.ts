import type { View } from "../backend/view";
import type { Work } from "./counts";
import { elementOf, flatView, heapOf } from "./device-heaps";
import type { DeviceState } from "./device-state";
import { kernelSource, type ShaderFeatures, TABLE_ROWS } from "./kernel-source";
import type { Launch, Launcher } from "./launcher";
import type { Pipelines } from "./pipelines";
import type { Dispatch } from "./stream";

/** Where launches go besides the stream. */
export interface Surroundings {
  readonly state: DeviceState;
  readonly pipelines: Pipelines;
  readonly features: ShaderFeatures;
  allocate(bytes: number): number;
  free(handle: number, bytes: number): void;
  uploaded(view: View): Int32Array | undefined;
  /** Hands a launch to the stream, again in each replay; `written` are the handles of its outputs. */
  dispatch(dispatch: Dispatch, written: readonly number[], work: Work): void;
  refuse(what: string): void;
}

/** The arguments of a launch, in the order of the members of `Args`. */
function argumentWords({ views, numbers = {}, floats = {}, table }: Launch): Uint32Array {
  const [all, whole, real] = [Object.values(views), Object.values(numbers), Object.values(floats)];
  const scalars = all.length + whole.length + real.length;
  const first = table ? Math.ceil(scalars / 4) * 4 : scalars; // The table is on a 16-byte border.
  const words = new Uint32Array(first + (table ? 4 * TABLE_ROWS : 0));
  let at = 0;
  for (const { storage, offset } of all) words[at++] = elementOf(storage.handle) + offset;
  for (const value of whole) words[at++] = value;
  new Float32Array(words.buffer, 4 * at, real.length).set(real);
  if (table) words.set(table, first);
  return words;
}

/** The launcher, and `compile`, which compiles in the background what `use` launches, and launches nothing of it. */
export function createLauncher(
  around: Surroundings,
): Launcher & { compile(use: () => void): Promise<void> } {
  const { state, pipelines } = around;
  let compiling: Promise<void>[] | undefined;
  return {
    tiles: new Map(),
    launch(given) {
      state.assertUsable();
      const { key, views, writes, groups, work } = given;
      const homes = Object.values(views).map(({ storage }) => heapOf(storage.handle));
      const heaps = [...new Set(homes)].sort();
      const slots = homes.map((heap) => heaps.indexOf(heap));
      const source = () =>
        kernelSource(
          {
            operands: Object.keys(views),
            slots,
            heaps: heaps.length,
            numbers: Object.keys(given.numbers ?? {}),
            floats: Object.keys(given.floats ?? {}),
            hasTable: given.table !== undefined,
            isWide: given.isWide ?? false,
            body: given.body(),
          },
          around.features,
        );
      const whole = heaps.length > 1 ? `${key}|${slots.join("")}` : key;
      if (compiling) {
        compiling.push(pipelines.prepare(whole, heaps.length, source));
        return;
      }
      const pipeline = pipelines.find(whole, heaps.length, source);
      const dispatch = { pipeline, words: argumentWords(given), heaps, groups };
      around.dispatch(
        dispatch,
        writes.map((name) => views[name]!.storage.handle),
        work,
      );
    },
    async compile(use) {
      const mine: Promise<void>[] = [];
      compiling = mine;
      try {
        use();
      } finally {
        compiling = undefined;
        void Promise.allSettled(mine); // Where `use` throws, nobody waits for them.
      }
      await Promise.all(mine);
    },
    scratch(elements, use) {
      const bytes = 4 * elements;
      const handle = around.allocate(bytes);
      try {
        return use(flatView(handle, elements));
      } finally {
        around.free(handle, bytes);
      }
    },
    uploaded: around.uploaded,
    refuse: around.refuse,
  };
}
