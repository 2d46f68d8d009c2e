import {
  openCheckpoint,
  type TensorFile,
  type TensorToWrite,
  type WriteDtype,
  writeSafetensors,
} from "@deepgrain/tensor-gpu";
import { having, optionsOf } from "../errors";
import { type Gate, gateFor } from "../purify/gate";
import { mixInto } from "../purify/mix";
import {
  includedBy,
  mayMiss,
  type PurifyOptions,
  type PurifySettings,
  purifyNames,
  purifySettings,
} from "../purify/options";
import { type PurifyReport, purifyReport } from "../purify/report";
import { survey } from "../purify/survey";
import type { PairedTensor, WeightPairs } from "../weights/weight-pairs";
import { filePairs, type OpenPair } from "./file-pairs";

/** Where the checkpoints are. */
export interface CheckpointPaths {
  /** Folder or file of the clean pre-trained checkpoint. */
  init: string;
  /** Folder or file of the fine-tuned one. */
  finetuned: string;
  /** Safetensors file of Fisher values, from `writeFisher`. */
  fisher?: string | undefined;
  /** Safetensors file to write; numbered shards are written next to it if `maxShardSizeBytes` requires them. */
  out: string;
  /** Safetensors file for the mask: uint8, 1 where a weight kept its fine-tuned value, g scaled to 255 in soft mode. */
  mask?: string | undefined;
}

/** How files are purified. */
export interface PurifyFilesOptions extends PurifyOptions {
  maxShardSizeBytes?: number | undefined;
  /** Called with the share of the work that is done. */
  onProgress?: ((done: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** The same pairs, with progress over all passes. */
function counting(
  pairs: WeightPairs,
  passes: number,
  onProgress: ((done: number) => void) | undefined,
): WeightPairs {
  if (!onProgress) return pairs;
  const all = passes * pairs.tensors.reduce((sum, { size }) => sum + size, 0);
  let seen = 0;
  return {
    ...pairs,
    async *chunks(tensor) {
      for await (const chunk of pairs.chunks(tensor)) {
        yield chunk;
        seen += chunk.init.length;
        onProgress(all === 0 ? 1 : Math.min(1, seen / all));
      }
    },
  };
}

/** How often every weight is read. */
function passesOf({ indicator, mode, rho, granularity }: PurifySettings): number {
  if (indicator === "random" || rho === 0 || rho === 1) return 2;
  return 3 + Number(mode === "hard") + Number(granularity === "tensor");
}

interface Writing {
  file: TensorFile;
  pairs: WeightPairs;
  gate: Gate;
  masks: Map<string, Uint8Array> | null;
}

/** Every tensor of the fine-tuned checkpoint, computed on demand. */
function* purified(
  { file, pairs, gate, masks }: Writing,
  reset: Map<string, number>,
): Generator<TensorToWrite> {
  const paired = new Map(pairs.tensors.map((tensor) => [tensor.name, tensor]));
  const make = (tensor: PairedTensor, isDouble: boolean) => async () => {
    const data = isDouble ? new Float64Array(tensor.size) : new Float32Array(tensor.size);
    const mask = masks && new Uint8Array(tensor.size);
    for await (const chunk of pairs.chunks(tensor)) {
      const [end, kept] = [chunk.start + chunk.init.length, gate.of(tensor, chunk)];
      const taken = mixInto(data.subarray(chunk.start, end), chunk, kept);
      reset.set(tensor.name, (reset.get(tensor.name) ?? 0) + taken);
      const scale = kept instanceof Float32Array ? 255 : 1;
      for (let i = 0; mask && i < kept.length; i++) mask[chunk.start + i] = kept[i]! * scale;
    }
    if (mask) masks.set(tensor.name, mask);
    return data;
  };
  for (const name of file.names) {
    const { shape, dtype } = file.info(name);
    const tensor = paired.get(name);
    const data = tensor ? make(tensor, dtype === "F64") : async () => (await file.read(name)).data;
    yield { name, shape, dtype: dtype as WriteDtype, data };
  }
}

/** `PurifyFilesOptions`, with the settings of purification apart. */
interface FileSettings
  extends Pick<PurifyFilesOptions, "maxShardSizeBytes" | "onProgress" | "signal"> {
  settings: PurifySettings;
}

async function purifyOpen(
  files: OpenPair,
  { out, mask }: CheckpointPaths,
  { settings, onProgress, signal, maxShardSizeBytes }: FileSettings,
): Promise<PurifyReport> {
  const plain = filePairs(files, includedBy(settings), mayMiss, signal);
  const pairs = counting(plain, passesOf(settings), onProgress);
  const found = await survey(pairs, { largestDrift: settings.largestDrift, signal });
  const gate = await gateFor(pairs, settings, signal);
  const masks = mask === undefined ? null : new Map<string, Uint8Array>();
  const reset = new Map<string, number>();
  const file = files.finetuned;
  await writeSafetensors(out, purified({ file, pairs, gate, masks }, reset), {
    metadata: file.metadata,
    signal,
    maxShardSizeBytes,
  });
  if (masks) await writeMasks(mask!, pairs.tensors, masks, signal);
  return purifyReport(settings, found, gate, pairs.tensors, reset);
}

async function writeMasks(
  path: string,
  tensors: readonly PairedTensor[],
  masks: ReadonlyMap<string, Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const list = tensors.map(({ name, shape }) => ({ name, shape, data: masks.get(name)! }));
  await writeSafetensors(path, list, { signal });
}

/**
 * `purify` from files to a file, tensor by tensor and piece by piece: memory holds one output tensor, small pieces of the
 * inputs, and the mask if it is wanted. Every tensor keeps its name, shape and element type, so any reader of the
 * fine-tuned checkpoint can read the purified one. If both inputs have the same type, each weight equals one or the
 * other bit for bit; otherwise they are compared in the coarser type, and a weight that is reset is one of that type.
 * What Hugging Face loads as one model is one here: a missing prefix such as `bert.`, `gamma` and `beta` for a norm's weight and
 * bias, integer buffers that only one file has.
 *
 * Files are read two to five times: once for drift and correlation, once for the ranking, once for the exact cut, once to write.
 * When it is stopped or fails, nothing is left at `out`.
 *
 * @throws {PurifyError} as `purify`; {TensorError} `ERR_IO`, `ERR_FORMAT`; the signal's reason
 */
export async function purifyFiles(
  paths: CheckpointPaths,
  options: PurifyFilesOptions = {},
): Promise<PurifyReport> {
  having("purifyFiles", "paths", paths);
  const { maxShardSizeBytes, onProgress, signal, ...purification } = optionsOf(
    "purifyFiles",
    options,
  );
  const settings = purifySettings("purifyFiles", purification, {
    hasFisher: paths.fisher !== undefined,
    names: [...purifyNames, "maxShardSizeBytes", "onProgress", "signal"],
  });
  const opened: TensorFile[] = [];
  const open = async (path: string) => {
    const file = await openCheckpoint(path, { signal });
    opened.push(file);
    return file;
  };
  try {
    const init = await open(paths.init);
    const finetuned = await open(paths.finetuned);
    const fisher = paths.fisher === undefined ? undefined : await open(paths.fisher);
    return await purifyOpen({ init, finetuned, fisher }, paths, {
      settings,
      onProgress,
      signal,
      maxShardSizeBytes,
    });
  } finally {
    for (const file of opened) await file.close();
  }
}
