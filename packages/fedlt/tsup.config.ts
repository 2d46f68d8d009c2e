import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    index: "src/index.ts",
    models: "src/models/index.ts",
    nats: "src/nats/index.ts",
    node: "src/node/index.ts",
    secure: "src/secure/index.ts",
    websocket: "src/websocket/index.ts",
    workers: "src/workers/index.ts",
  },
});
