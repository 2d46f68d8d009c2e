import { program } from "./program";

console.log(await program());
