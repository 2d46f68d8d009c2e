import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    index: "src/index.ts",
    fields: "src/fields.ts",
    links: "src/federation/links/index.ts",
    models: "src/longtail/models/index.ts",
    nats: "src/federation/nats/index.ts",
    node: "src/federation/node/index.ts",
    rounds: "src/rounds.ts",
    secure: "src/federation/secure/index.ts",
    websocket: "src/federation/websocket/index.ts",
    workers: "src/federation/workers/index.ts",
  },
});
