// Trains what the pages ship and records what they show at first: `node scripts/record.mjs mixture`.
import { withSource } from "./load-source.mjs";

const [page, ...flags] = process.argv.slice(2);
await withSource(`/src/${page}/record.ts`, ({ main }) => main(...flags));
