import { config } from "./config.mjs";

export default config;
