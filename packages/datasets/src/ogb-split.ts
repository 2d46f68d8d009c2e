import { join } from "node:path";
import { DatasetsError, optionsOf, refuseUnknown, textOf, whole } from "./errors";
import type { NodeSplit } from "./parsers/parse-planetoid";
import { pathOf, readText } from "./read-bytes";

/** Most bytes of a file, unpacked. */
const MOST_BYTES = 2 ** 25;
const LARGEST = 2 ** 31 - 1;

function fail(file: string, row: number, message: string): never {
  throw new DatasetsError("ERR_FORMAT", `datasets/ogbSplit: ${file}: row ${row}: ${message}`, {
    fields: { file, row },
  });
}

/** The numbers of a file, one per row; `seen` holds those of all files so far. */
function numbersOf(text: string, file: string, nodes: number, seen: Set<number>): Int32Array {
  const rows = text.split(/\r?\n/);
  if (rows.at(-1) === "") rows.pop();
  return Int32Array.from(rows, (row, i) => {
    const node = /^\d+$/.test(row) ? Number(row) : Number.NaN;
    if (!(node < nodes))
      fail(
        file,
        i + 1,
        `a node must be a whole number from 0 to ${nodes - 1}, got ${row.slice(0, 40)}`,
      );
    if (seen.has(node)) fail(file, i + 1, `node ${node} is in the split already`);
    seen.add(node);
    return node;
  }).sort();
}

/**
 * Returns a fixed split of the Open Graph Benchmark from a folder with `train.csv.gz`, `valid.csv.gz` and `test.csv.gz`: one node
 * number per row, without a heading.
 *
 * @param folder such as `split/time` of ogbn-arxiv
 * @param options.nodes number of nodes of the graph; by default any number below 2^31
 * @returns node numbers, ascending in each part
 * @throws {DatasetsError} `ERR_MISSING_FILE` when a file cannot be read; `ERR_FORMAT` with `fields.file` and `fields.row` for what is no
 *   node of the graph or is there twice, and for a file of more than 32 MiB unpacked
 * @see Hu et al. 2020, "Open Graph Benchmark: Datasets for Machine Learning on Graphs", section 3
 */
export async function ogbSplit(
  folder: string | URL,
  options: { nodes?: number | undefined; signal?: AbortSignal | undefined } = {},
): Promise<NodeSplit> {
  const { nodes = LARGEST, signal, ...rest } = optionsOf("ogbSplit", options);
  refuseUnknown("ogbSplit", rest, ["nodes"]);
  if (!(folder instanceof URL)) textOf("ogbSplit", "folder", folder);
  whole("ogbSplit", "nodes", nodes, { min: 1, max: LARGEST });
  const seen = new Set<number>();
  const read = async (part: string) => {
    const file = `${part}.csv.gz`;
    const path = join(pathOf(folder), file);
    return numbersOf(await readText("ogbSplit", path, signal, MOST_BYTES), file, nodes, seen);
  };
  const train = await read("train");
  const validation = await read("valid");
  return { train, validation, test: await read("test") };
}
