/** Everything that is generated for OpenGL, as texts by path: pure, so that tests need no disk and no registry. */
import type { Overlay } from "../../api/gl/model.ts";
import { emitGlApi } from "./emit/api.ts";
import { emitGlDispatch } from "./emit/dispatch.ts";
import { emitGlDriver, emitGlExtensions, emitGlNotOffered, emitGlProcs } from "./emit/lists.ts";
import { emitGlShapes } from "./emit/shapes.ts";
import { emitGlSend, emitGlStubs } from "./emit/stubs.ts";
import { emitGlEffects, emitGlSizes, emitGlWire } from "./emit/wire.ts";
import { type GlPlan, planGl } from "./plan.ts";
import type { Registry } from "./registry.ts";

export interface GlSources {
  readonly overlay: Overlay;
  readonly registry: Registry;
  readonly opcodes: ReadonlyMap<string, number>;
}

/** What both sides of a session must agree on: how every call lies in its frame. */
export const agreedOn = (plan: GlPlan): unknown => [
  plan.control.map((c) => [c.symbol, c.opcode, c.request, c.reply]),
  plan.commands.map((c) => [c.command.name, c.base, c.opcode, c.params, c.request, c.reply]),
  plan.overlay.pnameCounts,
];

/** Paths (under protocol/generated) and their contents. Throws DescriptionError for a bad row. */
export const generateGl = (plan: GlPlan): Map<string, string> =>
  new Map([
    ["c/gl_api.h", emitGlApi(plan)],
    ["c/gl_wire.h", emitGlWire(plan)],
    ["c/gl_effects.h", emitGlEffects(plan)],
    ["c/gl_sizes.h", emitGlSizes(plan)],
    ["c/gl_send.h", emitGlSend(plan)],
    ["c/gl_stubs.c", emitGlStubs(plan)],
    ["c/gl_procs.inc", emitGlProcs(plan)],
    ["c/gl_not_offered.inc", emitGlNotOffered(plan)],
    ["c/gl_extensions.inc", emitGlExtensions(plan)],
    ["cpp/gl_driver.h", emitGlDriver(plan)],
    ["cpp/gl_dispatch.cc", emitGlDispatch(plan)],
    ["cpp/gl_shapes.h", emitGlShapes(plan)],
  ]);

export const planOf = ({ overlay, registry, opcodes }: GlSources): GlPlan =>
  planGl(overlay, registry, opcodes);
