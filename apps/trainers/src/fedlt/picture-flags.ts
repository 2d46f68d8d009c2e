import { imageSets, pictureHelp } from "@deepgrain/studies/redgrape/image-sets";
import * as flags from "../cli/flags";

/** Which pictures a federation classifies. */
export const pictureFlags = {
  data: flags.choice(imageSets, { help: pictureHelp.data }),
  folder: flags.folder({ help: pictureHelp.folder }),
};
