import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    workloads: "workloads/index.ts",
    machine: "machine/index.ts",
    "backend-names": "machine/backend-names.ts",
  },
  dts: false,
});
