/** gl_api.h: types, enums and prototypes of everything that is offered. */
import { banner } from "../../text.ts";
import { typedefAsC } from "../ctypes.ts";
import type { GlPlan } from "../plan.ts";
import { signature } from "./common.ts";

export const emitGlApi = ({ registry, commands }: GlPlan): string => {
  const types = registry.types.filter((t) => !/^#include|^struct/.test(t)).map(typedefAsC);
  const enums = [...registry.enums].map(
    ([name, value]) => `#ifndef ${name}\n#define ${name} ${value}\n#endif`,
  );
  return `${banner("OpenGL and OpenGL ES as C.")}#pragma once
#pragma GCC system_header // <GL/gl.h> spells some parameters otherwise, which may be warned about

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct _cl_context;
struct _cl_event;
${types.join("\n")}

${enums.join("\n")}

/// The guest's library exports these; the executor takes their types.
#define GF_GL_EXPORT __attribute__((visibility("default")))

${commands.map((c) => `GF_GL_EXPORT ${signature(c)};`).join("\n")}

#ifdef __cplusplus
}
#endif
`;
};
