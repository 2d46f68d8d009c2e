interface Platform {
  /** File names in the order in which they are tried; the loader searches its own folders for bare names. */
  readonly names: readonly string[];
  /** The command that installs one. */
  readonly install: string;
}

const unix: Platform = {
  names: [
    "libopenblas.so.0",
    "libopenblasp.so.0",
    "libopenblas.so",
    "libmkl_rt.so.2",
    "libmkl_rt.so",
    "libblas.so.3",
    "libblas.so",
  ],
  install:
    "`apt-get install libopenblas0` (Debian, Ubuntu), `dnf install openblas-threads` (Fedora) or `pacman -S openblas` (Arch)",
};

const platforms: Readonly<Record<string, Platform>> = {
  darwin: {
    names: [
      "/System/Library/Frameworks/Accelerate.framework/Accelerate",
      "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
      "/usr/local/opt/openblas/lib/libopenblas.dylib",
    ],
    install: "`brew install openblas` (Accelerate, which macOS brings, could not be loaded)",
  },
  win32: {
    names: ["libopenblas.dll", "openblas.dll", "mkl_rt.2.dll", "mkl_rt.dll"],
    install: "`vcpkg install openblas`, with the folder of its DLL on PATH",
  },
};

/** Where a BLAS library is looked for on `platform` (as `process.platform` has it), and how to install one there. */
export function blasOnPlatform(platform: string): Platform {
  return platforms[platform] ?? unix;
}
