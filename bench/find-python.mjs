import { spawnSync } from "node:child_process";

const commands = [process.env.DEEPGRAIN_PYTHON, "/usr/bin/python3", "python3"].filter(Boolean);

/** A Python that has a module: `DEEPGRAIN_PYTHON` where that is set, else the system's; undefined where none has it. */
export const pythonWith = (module) =>
  commands.find((command) => spawnSync(command, ["-c", `import ${module}`]).status === 0);
