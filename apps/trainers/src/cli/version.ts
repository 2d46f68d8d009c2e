import packageJson from "../../package.json" with { type: "json" };

/** Version of this command line. */
export const { version } = packageJson;
