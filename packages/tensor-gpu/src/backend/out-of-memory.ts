import { TensorError } from "../errors";
import { memory } from "./live-bytes";

const MOST_OPS = 5;
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** The operations whose results use the most memory, as text. */
function largestOps(byOp: ReturnType<typeof memory>["byOp"]): string {
  const ops = Object.entries(byOp).sort(([, a], [, b]) => b.bytes - a.bytes);
  const named = ops
    .slice(0, MOST_OPS)
    .map(([op, { bytes, storages }]) => `${op} ${mib(bytes)} in ${storages}`);
  const rest = ops.slice(MOST_OPS).reduce((sum, [, { bytes }]) => sum + bytes, 0);
  return [...named, ...(rest > 0 ? [`others ${mib(rest)}`] : [])].join(", ") || "nothing";
}

/**
 * The error of a backend that is out of memory. `fields` hold the backend's own numbers and, as `memory` reports them,
 * `liveByOp`.
 *
 * @param where the backend's name
 * @param byteLength the requested size
 * @param details state of the backend's memory, included in the message
 */
export function outOfMemory(
  where: string,
  byteLength: number,
  details: string,
  fields: Readonly<Record<string, number>> = {},
  cause?: unknown,
): TensorError {
  const { byOp } = memory();
  return new TensorError(
    "ERR_MEMORY",
    `${where}: cannot allocate ${mib(byteLength)}: ${details}; live tensors by operation: ${largestOps(byOp)}`,
    { fields: { byteLength, ...fields, liveByOp: byOp }, cause },
  );
}
