import type { PageShortcuts, Shortcuts } from "../backend/shortcuts";
import { batchNormShortcuts } from "./kernels/batch-norm";
import { convShortcuts } from "./kernels/conv";
import { linearShortcut, linearsShortcut } from "./kernels/gemm";
import { pageShortcuts } from "./kernels/pages";
import type { Launcher } from "./launcher";

/** The backend's fused operations. */
export function assembleShortcuts(launcher: Launcher): Shortcuts & PageShortcuts {
  return {
    ...linearShortcut(launcher),
    ...linearsShortcut(launcher),
    ...convShortcuts(launcher),
    ...batchNormShortcuts(launcher),
    ...pageShortcuts(launcher),
  };
}
