import { parseArgs } from "node:util";

const options = {
  rounds: { type: "string", default: "3" },
  only: { type: "string" },
  avx2: { type: "boolean", default: false },
  lines: { type: "string" },
  software: { type: "boolean", default: false },
  chromium: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
};

const usage = (parts) => `npm run bench -- [flags]

Measures the engine beside its peers in one run, so that ratios hold where single numbers drift. Peers are
installed into a folder outside the workspace; a peer that cannot be had is named and left out. PyTorch is
used where the system's python3, or what DEEPGRAIN_PYTHON names, has it.

  --rounds <n>    interleaved rounds (default: 3)
  --only <part>   one of ${parts.join(", ")}
  --avx2          hold PyTorch to 256-bit registers, for machines that have wider ones
  --lines <file>  keep the measured lines of the inference part there, so that several calls of --rounds 1 give one table
  --software      let the webgpu part measure an adapter that computes on the processor, with sizes cut, by processor time
  --chromium      run the webgpu part in Chromium instead of Node, without the peers
  -h, --help      print this help
`;

const fail = (message) => {
  console.error(`bench: ${message}\nTry \`npm run bench -- --help\`.`);
  process.exit(2);
};

/** The flags of the command line. Prints help or what is wrong with them, and exits, where there is nothing to measure. */
export function readFlags(parts) {
  let flags;
  try {
    // A second `--` of npm separates nothing here.
    const args = process.argv.slice(2).filter((arg) => arg !== "--");
    flags = parseArgs({ args, options }).values;
  } catch ({ message }) {
    fail(message.split(". ")[0]);
  }
  if (flags.help) {
    process.stdout.write(usage(parts));
    process.exit(0);
  }
  if (!/^[1-9]\d*$/.test(flags.rounds))
    fail(`--rounds must be a whole number of at least 1, got "${flags.rounds}"`);
  if (flags.only !== undefined && !parts.includes(flags.only))
    fail(`--only must be one of ${parts.join(", ")}, got "${flags.only}"`);
  for (const name of ["software", "chromium"])
    if (flags[name] && flags.only !== undefined && flags.only !== "webgpu")
      fail(`--${name} changes the part webgpu alone, which --only ${flags.only} leaves out`);
  return flags;
}
