import { systemCode } from "./io-error";
import { nodeFiles } from "./node-modules";

/** Whether something has this path; links are not followed. What cannot be looked at counts as being there. */
export const exists = (path: string): Promise<boolean> =>
  nodeFiles()
    .lstat(path)
    .then(
      () => true,
      (error) => systemCode(error) !== "ENOENT",
    );
