import { TensorError } from "../errors";
import { type ByteSource, readExactly } from "./byte-source";
import { LARGEST_HEADER_BYTES } from "./safetensors-header";

/** Which shard holds which tensor: shard file name by tensor name. */
export type WeightMap = ReadonlyMap<string, string>;

/**
 * Reads the index of a sharded checkpoint (`model.safetensors.index.json`) and closes its source.
 *
 * @throws {TensorError} `ERR_FORMAT` when it is not JSON with a `weight_map` of plain file names
 */
export async function readIndex(source: ByteSource, signal?: AbortSignal): Promise<WeightMap> {
  const file = source.name ?? "index";
  const fail = (problem: string, cause?: unknown) =>
    new TensorError("ERR_FORMAT", `tensor-gpu/openCheckpoint: ${file} ${problem}`, {
      fields: { file },
      cause,
    });
  try {
    if (source.size > LARGEST_HEADER_BYTES)
      throw fail(`must have at most ${LARGEST_HEADER_BYTES} bytes, got ${source.size}`);
    const bytes = await readExactly(source, 0, source.size, signal);
    const weightMap = Object.entries(parse(bytes, fail));
    for (const [name, shard] of weightMap)
      if (!isFileName(shard))
        throw fail(
          `must map ${name} to the name of a file beside it, got ${typeof shard === "string" ? shard : typeof shard}`,
        );
    if (weightMap.length === 0) throw fail("must have a weight_map with at least one tensor");
    return new Map(weightMap as [string, string][]);
  } finally {
    await source.close?.();
  }
}

/** The text of an index. Tensor names are sorted, so that equal checkpoints give equal files. */
export function encodeIndex(weightMap: WeightMap, totalSizeBytes: number): string {
  const sorted = [...weightMap].sort(([a], [b]) => (a < b ? -1 : 1));
  const index = {
    metadata: { total_size: totalSizeBytes },
    weight_map: Object.fromEntries(sorted),
  };
  return `${JSON.stringify(index, null, 2)}\n`;
}

const isFileName = (value: unknown): boolean =>
  typeof value === "string" && value !== "" && value !== ".." && !/[\\/:?#]/.test(value);

function parse(bytes: Uint8Array, fail: (problem: string, cause?: unknown) => TensorError): object {
  let index: { weight_map?: unknown | undefined } | null;
  try {
    index = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw fail("must be valid JSON in UTF-8", cause);
  }
  const weightMap = index?.weight_map;
  if (typeof weightMap === "object" && weightMap !== null) return weightMap;
  throw fail("must have a weight_map with at least one tensor");
}
