import type { PageShortcuts, Shortcuts } from "../backend/shortcuts";
import { batchNormShortcuts } from "./kernels/batch-norm";
import { convShortcuts } from "./kernels/conv";
import { linearShortcut } from "./kernels/gemm";
import { largestShortcut } from "./kernels/largest";
import { linearsShortcut } from "./kernels/linears";
import { pageShortcuts } from "./kernels/pages";
import type { Launcher } from "./launcher";

/** All fused operations. */
export function assembleShortcuts(launcher: Launcher): Shortcuts & PageShortcuts {
  return {
    ...linearShortcut(launcher),
    ...linearsShortcut(launcher),
    ...largestShortcut(launcher),
    ...convShortcuts(launcher),
    ...batchNormShortcuts(launcher),
    ...pageShortcuts(launcher),
  };
}
