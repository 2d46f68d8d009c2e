import { library } from "@deepgrain/tsup";

export default library({ entry: { workloads: "workloads/index.ts" }, dts: false });
