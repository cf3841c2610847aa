/** All types of the CUDA driver API, of CUDA 13.0. */
import type { TypeDecl } from "../../model.ts";
import { constantsTypes } from "./constants.api.ts";
import { deviceTypes } from "./device.api.ts";
import { deviceAttributeTypes } from "./device_attribute.api.ts";
import { graphTypes } from "./graph.api.ts";
import { handlesTypes } from "./handles.api.ts";
import { interopTypes } from "./interop.api.ts";
import { launchTypes } from "./launch.api.ts";
import { memoryTypes } from "./memory.api.ts";
import { moduleTypes } from "./module.api.ts";
import { resultTypes } from "./result.api.ts";
import { streamTypes } from "./stream.api.ts";
import { textureTypes } from "./texture.api.ts";

export const types: readonly TypeDecl[] = [
  ...constantsTypes,
  ...deviceTypes,
  ...deviceAttributeTypes,
  ...graphTypes,
  ...handlesTypes,
  ...interopTypes,
  ...launchTypes,
  ...memoryTypes,
  ...moduleTypes,
  ...resultTypes,
  ...streamTypes,
  ...textureTypes,
];
