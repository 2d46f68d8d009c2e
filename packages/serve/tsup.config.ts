import { library } from "@deepgrain/tsup";

export default library();
