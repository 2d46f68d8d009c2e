import { describe, expect, it } from "vitest";
import { loadKoffi } from "../../src/blas/load-koffi";
import { openBlas } from "../../src/blas/open-blas";
import { TensorError } from "../../src/errors";

const errorOf = (run: () => unknown): TensorError => {
  try {
    run();
  } catch (error) {
    if (TensorError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("did not throw");
};

const emptyMachine = {
  load(): never {
    throw new Error("no such file");
  },
};

/** A koffi whose libraries have these symbols and write down what was called. */
function machineWith(symbols: Record<string, readonly string[]>) {
  const calls: string[] = [];
  return {
    calls,
    load(path: string) {
      const found = symbols[path];
      if (!found) throw new Error("no such file");
      return {
        func(name: string) {
          if (!found.includes(name)) throw new Error("no such symbol");
          return (...values: unknown[]) => calls.push(`${name}(${values.join(", ")})`);
        },
      };
    },
  };
}

describe("openBlas", () => {
  it.each([
    ["linux", "libopenblas.so.0", "apt-get install libopenblas0"],
    ["darwin", "Accelerate.framework", "brew install openblas"],
    ["win32", "libopenblas.dll", "vcpkg install openblas"],
  ])("says on %s what it tried and how to install a library", (platform, tried, install) => {
    const error = errorOf(() => openBlas(emptyMachine, { library: undefined, platform }));
    expect(error.code).toBe("ERR_BACKEND");
    expect(error.message).toContain(tried);
    expect(error.message).toContain(install);
    expect(error.message).toContain("DEEPGRAIN_BLAS");
  });

  it("tries nothing but the library that was named", () => {
    const koffi = machineWith({ "libopenblas.so.0": ["cblas_sgemm"] });
    const error = errorOf(() => openBlas(koffi, { library: "mine.so", platform: "linux" }));
    expect(error.fields.tried).toEqual(["mine.so"]);
    expect(error.fields.reasons).toEqual(["mine.so: no such file"]);
  });

  it("passes over a library without cblas_sgemm", () => {
    const koffi = machineWith({ "libopenblas.so.0": [], "libblas.so.3": ["cblas_sgemm"] });
    const found = openBlas(koffi, { library: undefined, platform: "linux" });
    expect(found.path).toBe("libblas.so.3");
    expect(found.sgemmBatchStrided).toBeUndefined();
    expect(found.hasDirectKernels).toBe(false);
  });

  it("holds the library open and sets its threads only when they change", () => {
    const setters = ["openblas_set_num_threads", "omp_set_num_threads"];
    const koffi = machineWith({ "own.so": ["cblas_sgemm", "dlopen", ...setters] });
    const found = openBlas(koffi, { library: "own.so", platform: "linux" });
    expect(koffi.calls).toEqual(["dlopen(own.so, 2)"]);
    for (const threads of [2, 2, 1]) found.setThreads(threads);
    expect(koffi.calls.slice(1)).toEqual([2, 1].flatMap((n) => setters.map((s) => `${s}(${n})`)));
    expect(openBlas(koffi, { library: "own.so", platform: "linux" })).toBe(found);
  });

  it.each([
    ["Cooperlake", "OpenBLAS 0.3.29 DYNAMIC_ARCH", true],
    ["SKYLAKEX", "OpenBLAS 0.3.18", true],
    ["SapphireRapids", "OpenBLAS 0.4.0", true],
    ["Cooperlake", "OpenBLAS 0.3.17 DYNAMIC_ARCH", false],
    ["SkylakeX", "", false],
    ["Zen", "OpenBLAS 0.3.29 DYNAMIC_ARCH", false],
  ])("knows whether OpenBLAS has direct kernels: %s, %s", (core, config, expected) => {
    const answers: Record<string, string> = {
      openblas_get_corename: core,
      openblas_get_config: config,
    };
    const koffi = { load: () => ({ func: (name: string) => () => answers[name] }) };
    const found = openBlas(koffi, { library: `${core} ${config}`, platform: "linux" });
    expect(found.hasDirectKernels).toBe(expected);
  });

  it("has the library's threads wait briefly, unless the user says how long", () => {
    const { env } = process;
    const seen: (string | undefined)[] = [];
    const koffi = {
      load(): never {
        seen.push(env.GOMP_SPINCOUNT, env.OPENBLAS_THREAD_TIMEOUT);
        throw new Error("no such file");
      },
    };
    const before = [env.GOMP_SPINCOUNT, env.OMP_WAIT_POLICY, env.OPENBLAS_THREAD_TIMEOUT];
    try {
      for (const name of ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"]) delete env[name];
      env.OPENBLAS_THREAD_TIMEOUT = "20";
      errorOf(() => openBlas(koffi, { library: "none.so", platform: "linux" }));
      expect(seen).toEqual(["10000", "20"]);
      expect(env.GOMP_SPINCOUNT).toBeUndefined();
      expect(env.OPENBLAS_THREAD_TIMEOUT).toBe("20");
    } finally {
      ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "OPENBLAS_THREAD_TIMEOUT"].forEach((name, i) => {
        const value = before[i];
        if (value === undefined) delete env[name];
        else env[name] = value;
      });
    }
  });
});

describe("loadKoffi", () => {
  it("says how to install koffi where it is missing", () => {
    const missing = () => {
      throw new Error("Cannot find module 'koffi'");
    };
    const error = errorOf(() => loadKoffi({ createRequire: () => missing }));
    expect(error.code).toBe("ERR_BACKEND");
    expect(error.message).toContain("npm i koffi");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("looks from the package first, then from the working directory", () => {
    const places: string[] = [];
    const createRequire = (from: string) => (id: string) => {
      places.push(from);
      if (places.length === 1) throw new Error("not here");
      return { id, version: "3.3.4" };
    };
    expect(loadKoffi({ createRequire })).toMatchObject({ id: "koffi" });
    expect(places[1]).toBe(`${process.cwd()}/`);
  });

  it("refuses a version that crashes on shared memory", () => {
    const error = errorOf(() => loadKoffi({ createRequire: () => () => ({ version: "2.9.0" }) }));
    expect(error.code).toBe("ERR_BACKEND");
    expect(error.message).toContain("found 2.9.0");
  });

  it("says that it needs Node where there are no native modules", () => {
    expect(errorOf(() => loadKoffi(null)).message).toContain("Node");
  });
});
